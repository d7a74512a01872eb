import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { requireTool } from './tools.ts';

const eyes = fileURLToPath(new URL('./page-eyes.js', import.meta.url));

/** What does not come on a page within this time has failed. */
const WITHIN_MS = 60_000;

/** Chromium with the map drawn in software, so that it is the same on every machine. Only loopback has a name in it. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: requireTool('chromium'),
    args: [
      '--no-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-background-networking',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

/** What no page of ours may ever do; a test ends by finding all of it empty. */
export interface Witness {
  /** Requests and sockets to anything but the platform. */
  readonly outside: readonly string[];
  /** Violations of the content-security policy. */
  readonly violations: readonly string[];
  /** Errors on the console and uncaught ones. */
  readonly errors: readonly string[];
  /** While `work` runs, requests that fail are expected: the server is away. */
  whileServerIsAway<T>(work: () => Promise<T>): Promise<T>;
}

/** One person at one workstation. */
export interface Desk {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly witness: Witness;
}

export interface DeskOptions {
  readonly width?: number;
  readonly height?: number;
  /** Cookies and preferences of another desk: the same person at a second workstation. */
  readonly as?: Desk;
  readonly phone?: boolean;
}

/** Opens a workstation whose addresses are those of the platform at `url`, with a watch on all it does. */
export async function openDesk(
  browser: Browser,
  url: string,
  { width = 1600, height = 900, as, phone = false }: DeskOptions = {},
): Promise<Desk> {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: 'zh-CN',
    baseURL: url,
    hasTouch: phone,
    isMobile: phone,
    ...(as ? { storageState: await as.context.storageState() } : {}),
  });
  await context.addInitScript({ path: eyes });
  context.setDefaultTimeout(WITHIN_MS);
  const page = await context.newPage();
  return { page, context, witness: await watch(page, url) };
}

async function watch(page: Page, url: string): Promise<Witness> {
  const outside: string[] = [];
  const violations: string[] = [];
  const errors: string[] = [];
  let away = false;
  const ours = new URL(url).host;
  const look = (address: string) => {
    if (!/^(data|blob):/.test(address) && new URL(address).host !== ours) outside.push(address);
  };
  page.on('request', (request) => look(request.url()));
  page.on('websocket', (socket) => look(socket.url()));
  page.on('pageerror', (err) => errors.push(String(err)));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = `${message.text()} (${message.location().url})`;
    if (!(away && /Failed to load resource|WebSocket connection/.test(text))) errors.push(text);
  });
  await page.exposeFunction('tellViolation', (text: string) => violations.push(text));
  return {
    outside,
    violations,
    errors,
    async whileServerIsAway(work) {
      away = true;
      try {
        return await work();
      } finally {
        away = false;
      }
    },
  };
}

/** What the map has really drawn, told by the map itself. */
export interface Drawn {
  /** Features inside the picture by layer of the style. */
  readonly layers: Readonly<Record<string, number>>;
  /** Ids of devices with a dot. */
  readonly dots: readonly string[];
  /** Symbol (`p1` … `p4`, `-hollow`, `stale`) by abnormal device. */
  readonly symbols: Readonly<Record<string, string>>;
  readonly camera: readonly [lon: number, lat: number, zoom: number];
}

/** Asks the map what stands in its picture; null while it is still loading. */
export const drawnMap = (page: Page): Promise<Drawn | null> => page.evaluate('eyes.map()');

/** How many pixels of a PNG have each of the given colours (`#rrggbb`). */
export const pixelsOf = <C extends string>(
  page: Page,
  png: Buffer,
  colours: readonly C[],
): Promise<Record<C, number>> =>
  page.evaluate(`eyes.pixels(${JSON.stringify(png.toString('base64'))}, ${JSON.stringify(colours)}, 8)`);

/** A tone that was handed to the sound card, with the state of its audio context at that moment. */
export interface Tone {
  readonly hertz: number;
  readonly state: string;
  /** ms since 1970. */
  readonly at: number;
}

/** Every tone so far, and each audio context with its own clock in seconds: it only moves while sound comes out. */
export const soundOf = (
  page: Page,
): Promise<{ tones: readonly Tone[]; contexts: readonly { state: string; currentTime: number }[] }> =>
  page.evaluate('eyes.sound()');

/** When the row of each alarm came onto the page, ms since 1970, by alarm id. */
export const rowTimes = (page: Page): Promise<Readonly<Record<string, number>>> => page.evaluate('eyes.rows');

/** Texts drawn on canvases so far: limits of curves, names on the map. */
export const canvasTexts = (page: Page): Promise<readonly string[]> => page.evaluate('eyes.canvasTexts()');

/** All that a person reads or a screen reader says; parts marked as another language are left out. */
export const textsOf = (page: Page): Promise<readonly string[]> => page.evaluate('eyes.texts()');

/** Things a finger should hit that are smaller than `px` either way, as `name: width×height`. */
export const smallTargets = (page: Page, px: number): Promise<readonly string[]> =>
  page.evaluate(`eyes.smallTargets(${px})`);

/** How far the page is wider than its screen, px. */
export const tooWide = (page: Page): Promise<number> => page.evaluate('eyes.tooWide()');
