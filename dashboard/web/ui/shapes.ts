/** The alarm shapes on a 20 × 20 field, drawn by the page and by the map alike, and where their digit stands. */
export const shapePaths: Readonly<Record<number, { path: string; baseline: number }>> = {
  1: { path: 'M6.2 1h7.6L19 6.2v7.6L13.8 19H6.2L1 13.8V6.2z', baseline: 14 },
  2: { path: 'M10 1.2 19.4 18.2H.6z', baseline: 16 },
  3: { path: 'M10 .8 19.2 10 10 19.2.8 10z', baseline: 14 },
  4: { path: 'M2.5 2.5h15v15h-15z', baseline: 14 },
};
