/** The font of figures and reports (Source Sans 3, SIL Open Font License), as CSS that carries it: Latin and Greek. */
import greek from './fonts/source-sans-3-greek-400-normal.woff2?inline';
import latin from './fonts/source-sans-3-latin-400-normal.woff2?inline';

const face = (data: string, range: string): string =>
  `@font-face{font-family:'InMerge Sans';font-weight:400;src:url(${data}) format('woff2');unicode-range:${range}}`;

export const fontFace =
  face(latin, 'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+2000-206F,U+20AC,U+2122,U+2190-2215') + face(greek, 'U+0370-03FF');
