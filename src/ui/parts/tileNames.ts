/** A choice of tiles (`gpu/compiled/tiles.ts`) as it is shown: with room to break between its names. */
export const tileNames = (text: string): string => text.replaceAll(',', ', ').replaceAll('/', ' / ');
