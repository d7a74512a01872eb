import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { clockSlackMs, openLastHeard } from './last-heard.ts';

const folder = mkdtempSync(join(tmpdir(), 'yanshao-heard-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fresh = () => mkdtempSync(join(folder, 'gateway-'));
const open = (dir: string, endpoint = 'opc.tcp://a') => openLastHeard(dir, endpoint, silentLog);
const now = 1_795_000_000_000;

describe('what was last heard of a server', () => {
  it('is nothing at first: then nothing was missed', async () => {
    const marks = await open(fresh());
    expect(marks.open('n')).toBeUndefined();
    expect(marks.gaps.size).toBe(0);
  });

  it('is known after a restart, each server’s by itself', async () => {
    const dir = fresh();
    const marks = await open(dir);
    marks.spoke(now);
    marks.kept('n', now - 5, now);
    await marks.save();
    expect((await open(dir)).open('n')).toBe(now - 5);
    expect((await open(dir, 'opc.tcp://b')).open('n')).toBeUndefined();
  });

  it('stands while a gap is open, however much comes live, also over a restart half-way', async () => {
    const dir = fresh();
    const marks = await open(dir);
    marks.spoke(now);
    marks.kept('n', now, now);
    marks.open('n');
    marks.kept('n', now + 60_000, now + 60_000);
    marks.spoke(now + 60_000);
    marks.filled('n', now + 20_000);
    await marks.save();
    const again = await open(dir);
    expect([...again.gaps]).toEqual(['n']);
    expect(again.open('n')).toBe(now + 20_000);
    marks.close('n');
    expect(marks.open('n')).toBe(now + 60_000);
  });

  it('of a node that seldom changes reaches back no further than a clock may be wrong', async () => {
    const marks = await open(fresh());
    marks.kept('n', now - 20 * 3_600_000, now);
    marks.spoke(now);
    expect(marks.open('n')).toBe(now - clockSlackMs);
  });

  it('is not led into the future by a clock that is ahead', async () => {
    const marks = await open(fresh());
    marks.spoke(now);
    marks.kept('n', now + 3_600_000, now);
    expect(marks.open('n')).toBe(now);
  });

  it('is as nothing where its file cannot be read', async () => {
    const dir = fresh();
    const marks = await open(dir);
    marks.spoke(now);
    await marks.save();
    for (const file of readdirSync(dir)) writeFileSync(join(dir, file), '{"version":1,');
    expect((await open(dir)).open('n')).toBeUndefined();
  });
});
