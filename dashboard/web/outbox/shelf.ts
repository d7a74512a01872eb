import { type DBSchema, type IDBPObjectStore, openDB } from 'idb';
import type { KeptPhoto, OutboxItem } from './item.ts';

/** Where what waits is kept on this device. A promise that has resolved outlives the page, the browser and a power cut. */
export interface Shelf {
  items(): Promise<OutboxItem[]>;
  put(item: OutboxItem): Promise<void>;
  remove(id: string): Promise<void>;
  photo(key: string): Promise<KeptPhoto | undefined>;
  putPhoto(photo: KeptPhoto): Promise<void>;
  removePhoto(key: string): Promise<void>;
  photoKeys(): Promise<string[]>;
}

/** Forgets with the page; for tests. */
export function memoryShelf(): Shelf {
  const items = new Map<string, OutboxItem>();
  const photos = new Map<string, KeptPhoto>();
  return {
    items: async () => [...items.values()].sort((a, b) => a.no - b.no),
    put: async (item) => void items.set(item.id, item),
    remove: async (id) => void items.delete(id),
    photo: async (key) => photos.get(key),
    putPhoto: async (photo) => void photos.set(photo.key, photo),
    removePhoto: async (key) => void photos.delete(key),
    photoKeys: async () => [...photos.keys()],
  };
}

interface Stores extends DBSchema {
  items: { key: string; value: OutboxItem; indexes: { no: number } };
  photos: { key: string; value: KeptPhoto };
}

type Writable<S extends 'items' | 'photos'> = IDBPObjectStore<Stores, [S], S, 'readwrite'>;

/** In the browser's IndexedDB, opened at the first use. Rejects where the browser keeps nothing (a private window may not). */
export function browserShelf(): Shelf {
  const open = () =>
    openDB<Stores>('yanshao-outbox', 1, {
      upgrade(db) {
        db.createObjectStore('items', { keyPath: 'id' }).createIndex('no', 'no');
        db.createObjectStore('photos', { keyPath: 'key' });
      },
    });
  let opened: ReturnType<typeof open> | null = null;
  const db = () => {
    opened ??= open();
    return opened;
  };
  /** Strict: what a person was told is kept has reached the disk. */
  const write = async <S extends 'items' | 'photos'>(store: S, work: (to: Writable<S>) => Promise<unknown>) => {
    const trx = (await db()).transaction(store, 'readwrite', { durability: 'strict' });
    await Promise.all([work(trx.store), trx.done]);
  };
  return {
    items: async () => (await db()).getAllFromIndex('items', 'no'),
    put: (item) => write('items', (items) => items.put(item)),
    remove: (id) => write('items', (items) => items.delete(id)),
    photo: async (key) => (await db()).get('photos', key),
    putPhoto: (photo) => write('photos', (photos) => photos.put(photo)),
    removePhoto: (key) => write('photos', (photos) => photos.delete(key)),
    photoKeys: async () => (await db()).getAllKeys('photos'),
  };
}
