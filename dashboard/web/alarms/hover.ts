import { create } from 'zustand';

/** The device a pointer is on, in the list or on the map: the other side lights it up. */
export const useHover = create<{ readonly device: string | null; readonly from: 'list' | 'map' }>(() => ({
  device: null,
  from: 'list',
}));
