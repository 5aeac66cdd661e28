/** Names a file by its first bytes, so that "this is a PNG" can be said of a picture renamed to `.npz`. */

const begins: readonly (readonly [string, readonly number[]])[] = [
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['npy', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]],
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a GIF image', [0x47, 0x49, 0x46, 0x38]],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46]],
  ['an HDF5 file', [0x89, 0x48, 0x44, 0x46]],
  ['a gzip file', [0x1f, 0x8b]],
  ['a bzip2 file', [0x42, 0x5a, 0x68]],
  ['an XZ file', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['a Zstandard file', [0x28, 0xb5, 0x2f, 0xfd]],
  ['a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf]],
  ['a RAR archive', [0x52, 0x61, 0x72, 0x21]],
  ['a TIFF image', [0x49, 0x49, 0x2a, 0x00]],
  ['a TIFF image', [0x4d, 0x4d, 0x00, 0x2a]],
  ['a MATLAB file', [0x4d, 0x41, 0x54, 0x4c, 0x41, 0x42]],
  ['a Python pickle', [0x80, 0x03]],
  ['a Python pickle', [0x80, 0x04]],
  ['a Python pickle', [0x80, 0x05]],
];

/** `zip`, `npy`, or a noun with its article such as `a PNG image`; from the first 512 bytes. */
export function fileKind(head: Uint8Array): string {
  for (const [kind, magic] of begins) if (magic.every((byte, index) => head[index] === byte)) return kind;
  let text: string;
  try {
    // `stream` lets the last character be cut.
    text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return 'a binary file of another kind';
  }
  if (/^\s*<(!doctype html|html|head)/i.test(text))
    return 'an HTML page, perhaps a log-in or error page saved in place of the file';
  if (/^\s*<\?xml/.test(text)) return 'an XML file';
  if (/^\s*[[{]/.test(text)) return 'a JSON file';
  return text.includes('\0') ? 'a binary file of another kind' : 'a text file';
}
