export type Part = readonly [name: string, value: string | FilePart];

interface FilePart {
  readonly filename: string;
  readonly contentType: string;
  readonly content: string;
}

export interface EncodedForm {
  readonly contentType: string;
  readonly bytes: Buffer<ArrayBuffer>;
}

const boundary = '7f1c5d0e2b8a4c6d9e3f0a1b2c3d4e5f';

/** As the app's HTTP client writes a form: line breaks within a text stay as they are. */
export function encodeForm(parts: readonly Part[]): EncodedForm {
  const encoded = parts.map(([name, value]) => {
    const named = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
    if (typeof value === 'string') return `${named}\r\n\r\n${value}\r\n`;
    const { filename, contentType, content } = value;
    return `${named}; filename="${filename}"\r\nContent-Type: ${contentType}\r\n\r\n${content}\r\n`;
  });
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.from(`${encoded.join('')}--${boundary}--\r\n`),
  };
}
