/** The icons: 16 px, one stroke, drawn in the colour of the text around them. */
const paths = {
  pen: 'M10.5 3 13 5.5 5.500 13H3v-2.500z',
  pause: 'M5.500 3.500v9M10.500 3.500v9',
  stop: 'M4 4h8v8H4z',
  play: 'M5 3.500v9l7.500-4.500z',
  link: 'M6.500 9.500l3-3M7 4.500l1.500-1.500a2.800 2.800 0 0 1 4 4L11 8.500M9 11.500l-1.500 1.500a2.800 2.800 0 0 1-4-4L5 7.500',
  save: 'M8 2.500V10M5 7.500 8 10l3-2.500M3 13.500h10',
  sun: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M8 1.500v1M8 13.500v1M1.500 8h1M13.500 8h1M3.400 3.400l.7.7M11.900 11.900l.7.7M3.400 12.600l.7-.7M11.900 4.100l.7-.7',
  moon: 'M13 9.500A5.500 5.500 0 0 1 6.500 3a5.500 5.500 0 1 0 6.500 6.500z',
  lock: 'M4 7.500h8v6H4zM5.500 7.500V5a2.500 2.500 0 0 1 5 0v2.500',
  ok: 'm3.500 8.500 3 3 6-7',
  warn: 'M8 2.500 14.500 13.500h-13zM8 6.500V10M8 12v.01',
  problem: 'M5.300 1.800h5.400l3.500 3.500v5.400l-3.500 3.500H5.300l-3.500-3.500V5.300zM8 4.800v4M8 11.200v.01',
  note: 'M8 1.800a6.200 6.200 0 1 1 0 12.400A6.200 6.200 0 0 1 8 1.800M8 7.300v4M8 4.900v.01',
  cross: 'm4.500 4.500 7 7M11.500 4.500l-7 7',
  chevron: 'm6 4 4 4-4 4',
  file: 'M4 2h5.500L12.500 5v9H4zM9.500 2v3h3',
  chip: 'M4.500 4.500h7v7h-7zM6.500 2v2.500M9.500 2v2.500M6.500 11.500V14M9.500 11.500V14M2 6.500h2.500M2 9.500h2.500M11.500 6.500H14M11.500 9.500H14',
  data: 'M2.500 2.500H7V7H2.500zM9 2.500h4.500V7H9zM2.500 9H7v4.500H2.500zM9 9h4.500v4.500H9z',
  network: 'M2.500 3v10M5.500 3v10M8.500 5v6M11 5v6M13.500 6.500v3',
  training: 'M2.500 2.500v11h11M4.500 11c2-5 4-6.500 8.500-7',
  merging: 'M3 3.500c4 0 4 4.500 7 4.500h3M3 12.500c4 0 4-4.500 7-4.500M11 6l2 2-2 2',
  sweep: 'M2.500 4h2M2.500 8h2M2.500 12h2M6.500 4h7M6.500 8h4.500M6.500 12h6',
  copy: 'M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3',
  table: 'M2.500 3h11v10h-11zM2.500 6.500h11M6.500 3v10',
  undo: 'M6 3 3 6l3 3M3 6h6a4 4 0 0 1 0 8H6',
  keys: 'M2 4.500h12v8H2zM4.500 7h.01M7 7h.01M9.500 7h.01M12 7h-.01M5 10h6',
  next: 'M3 8h10M9 4l4 4-4 4',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
