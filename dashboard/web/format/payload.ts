/** Bytes of a refused message (base64) for people: foreign text is shown as text, and nothing of it is run. */

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** The bytes as UTF-8; what is no text stands as �, control characters as their pictures. */
export function asText(base64: string): string {
  const text = new TextDecoder('utf-8').decode(bytesOf(base64));
  // Control Pictures block: U+2400 + code, so that nothing invisible hides in a payload. Line breaks and tabs stay.
  return [...text].map(visible).join('');
}

const visible = (letter: string): string => {
  if (letter === '\n' || letter === '\t') return letter;
  if (letter < ' ') return String.fromCharCode(0x2400 + letter.charCodeAt(0));
  // Others that are not seen, or turn what follows round: C1 controls, zero-width and direction marks, separators, tags.
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/u.test(letter)
    ? `⟨U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`
    : letter;
};

/** Sixteen bytes a line: offset, hex, and what is printable of them. */
export function asHex(base64: string): string {
  const bytes = bytesOf(base64);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const shown = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${shown}`);
  }
  return lines.join('\n');
}
