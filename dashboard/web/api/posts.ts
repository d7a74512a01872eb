import { useEffect } from 'react';
import { create } from 'zustand';
import type { DutyPostsBody } from '../../../devices/contract/api.ts';
import type { Bilingual } from '../../../devices/model/device-type.ts';
import { api } from './client.ts';

/** Names of posts and crews by their ids, as far as they have been read. */
const usePosts = create<{ readonly names: ReadonlyMap<string, Bilingual> }>(() => ({ names: new Map() }));

/** Posts change rarely; whoever was renamed keeps the old name on open pages for so long. */
const AGAIN_MS = 600_000;
let readAt = Number.NEGATIVE_INFINITY;

async function read(): Promise<void> {
  if (performance.now() - readAt < AGAIN_MS) return;
  readAt = performance.now();
  try {
    const { items } = await api<DutyPostsBody>('/duty/posts');
    usePosts.setState({ names: new Map(items.map(({ id, name }) => [id, name])) });
  } catch {
    // A row without the name of its post is still a row: the next one that is drawn asks again.
    readAt = Number.NEGATIVE_INFINITY;
  }
}

/** The name of a post or crew; undefined for one that the duty list does not hold, or before it has been read. */
export function usePostNames(): (id: string) => Bilingual | undefined {
  const names = usePosts((state) => state.names);
  useEffect(() => void read(), []);
  return (id) => names.get(id);
}
