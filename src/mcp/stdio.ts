import { type Readable, Transform, type Writable } from 'node:stream';
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

/** The SDK's reader stops for good at a line of 10 MB. */
const LONGEST_LINE = 8 * 1024 * 1024;
const NEWLINE = 0x0a;

const TOO_LONG = JSON.stringify({
  jsonrpc: '2.0',
  id: null,
  error: { code: -32600, message: `A message may have at most ${LONGEST_LINE} bytes; this one was dropped.` },
});

/** Serves one client over a pair of streams. */
export async function serveStdio(
  server: Server,
  streams: { readonly input: Readable; readonly output: Writable },
): Promise<void> {
  const filter = dropLongLines(() => streams.output.write(`${TOO_LONG}\n`));
  await server.connect(new StdioServerTransport(streams.input.pipe(filter), streams.output));
}

/** Passes lines on and drops those that are too long, without ever holding more of them than is passed on. */
function dropLongLines(onDropped: () => void): Transform {
  let held: Buffer[] = [];
  let length = 0;
  let dropping = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let rest = chunk;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
        const line = rest.subarray(0, end + 1);
        if (dropping || length + line.length > LONGEST_LINE) onDropped();
        else this.push(Buffer.concat([...held, line]));
        held = [];
        length = 0;
        dropping = false;
        rest = rest.subarray(end + 1);
      }
      length += rest.length;
      if (length > LONGEST_LINE) {
        held = [];
        dropping = true;
      } else if (rest.length > 0 && !dropping) held.push(rest);
      done();
    },
  });
}
