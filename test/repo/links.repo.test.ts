import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFiles, read } from '../support/sources.ts';

const files = new Set(projectFiles());
/** Files, and the folders they lie in. */
const places = new Set([...files].flatMap((file) => [file, ...foldersOf(file)]));
const pages = [...files].filter((file) => file.endsWith('.md'));

function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === '.' ? [] : [folder, ...foldersOf(folder)];
}

/** What stands in fences and between backticks is shown, not linked. */
const prose = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '`');

/** The targets of Markdown links and pictures. */
function linksIn(text: string): string[] {
  const inline = prose(text).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
  const defined = prose(text).matchAll(/^\[[^\]]+\]:\s+(\S+)/gm);
  return [...inline, ...defined].map(([, target]) => decodeURIComponent(target as string));
}

/** Anchors as GitHub makes them of headings: small letters, no punctuation, a hyphen for each space. */
function anchorsIn(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = (heading as string)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');
    let name = slug;
    for (let n = 1; anchors.has(name); n++) name = `${slug}-${n}`;
    anchors.add(name);
  }
  for (const [, id] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id as string);
  return anchors;
}

/** Why a link of `page` leads nowhere; undefined where it leads somewhere, or away from this project. */
function faultOf(page: string, target: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(path.startsWith('/') ? path.slice(1) : join(dirname(page), path));
  const place = file.replace(/\/$/, '');
  if (place !== '.' && !places.has(place)) return `${page}: ${target}: there is no such file`;
  if (anchor === undefined || !place.endsWith('.md')) return undefined;
  return anchorsIn(read(place)).has(anchor) ? undefined : `${page}: ${target}: there is no such heading`;
}

describe('the pages of the project', () => {
  it('are found', () => {
    expect(pages).toContain('README.md');
    expect(pages.filter((page) => page.startsWith('docs/')).length).toBeGreaterThan(10);
  });

  it('link to files and headings that are there', () => {
    const faults = pages.flatMap((page) => linksIn(read(page)).flatMap((target) => faultOf(page, target) ?? []));
    expect(faults).toEqual([]);
  });
});

describe('a link', () => {
  it('is read as a browser reads it', () => {
    const text = 'see [a](b.md "of b"), ![c](d.png), `[no](link)`\n```\n[nor](this)\n```\n[f]: ../g.md\n';
    expect(linksIn(text)).toEqual(['b.md', 'd.png', '../g.md']);
    expect([...anchorsIn('# 外部 MQTT 代理\n## Mosquitto 2\n## `uplink`: how\n## Mosquitto 2')]).toEqual([
      '外部-mqtt-代理',
      'mosquitto-2',
      'uplink-how',
      'mosquitto-2-1',
    ]);
  });
});
