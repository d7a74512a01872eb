const paths = {
  sound: 'M4 8v4h3l4 3.5v-11L7 8zM14 7.2a4 4 0 0 1 0 5.6M16.2 5a7 7 0 0 1 0 10',
  muted: 'M4 8v4h3l4 3.5v-11L7 8zM14 8l4 4m0-4-4 4',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v2m0 12v2M2 10h2m12 0h2M4.4 4.4l1.4 1.4m8.4 8.4 1.4 1.4m0-11.2-1.4 1.4m-8.4 8.4-1.4 1.4',
  moon: 'M16 12.4A6.8 6.8 0 0 1 7.6 4 6.8 6.8 0 1 0 16 12.4z',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  fit: 'M3 7V3h4m6 0h4v4m0 6v4h-4m-6 0H3v-4',
  layers: 'm10 3 7 4-7 4-7-4zM3.5 11 10 14.7 16.5 11',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zm4 9.5 4 4',
  close: 'm5 5 10 10M15 5 5 15',
  list: 'M4 5.5h12M4 10h12M4 14.5h12',
  map: 'm3 5 4.5-1.6 5 2L17 4v11l-4.5 1.6-5-2L3 16zM7.5 3.4v11.2m5-9.2v11.2',
  panel: 'M3.5 4h13v12h-13zM12 4v12',
  back: 'M12 4.5 6.5 10l5.5 5.5',
  link: 'M8.5 11.5a3 3 0 0 0 4.2 0l2.6-2.6a3 3 0 0 0-4.2-4.2L10 5.8m1.5 2.7a3 3 0 0 0-4.2 0l-2.6 2.6a3 3 0 0 0 4.2 4.2L10 14.2',
  down: 'm5 8 5 5 5-5',
  user: 'M10 3.5a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4zM3.8 17a6.2 6.2 0 0 1 12.4 0',
  check: 'm4 10.5 4 4 8-9',
  menu: 'M3.5 6h13m-13 4h13m-13 4h13',
} as const;

export type IconName = keyof typeof paths;

/** A line icon in the colour of its text; what it means is said by the button around it. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** The mark of Yanshao: geese on the wing, one ahead and awake. */
export function Goose({ size = 28 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path strokeWidth="2.8" d="M8 11.500q4.600-4.500 8 1 3.400-5.500 8-1" />
      <path
        strokeWidth="2.200"
        opacity=".6"
        d="M2.500 22q3.400-3.300 5.900.7 2.500-4 5.900-.7M17.700 22q3.400-3.300 5.900.7 2.500-4 5.900-.7"
      />
    </svg>
  );
}
