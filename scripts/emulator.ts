import { parseArgs } from 'node:util';
import type { VendorEmulator } from '../test/emulators/emulator.ts';
import { openInfinipostEmulator } from '../test/emulators/infinipost.ts';
import { openOpenshortsEmulator } from '../test/emulators/openshorts.ts';
import { openPosteverywhereEmulator } from '../test/emulators/posteverywhere.ts';
import { openUploadPostEmulator } from '../test/emulators/upload-post.ts';
import { ManualClock } from '../test/support/clock.ts';

/** What to set so that Airdate talks to the emulator instead of the vendor. */
type Started = { readonly emulator: VendorEmulator; readonly settings: Record<string, string> };

const VENDORS: Record<string, (options: { clock: ManualClock; port?: number }) => Promise<Started>> = {
  infinipost: async (options) => {
    const emulator = await openInfinipostEmulator(options);
    return {
      emulator,
      settings: { INFINIPOST_API_KEY: emulator.apiKey, INFINIPOST_BASE_URL: emulator.baseUrl },
    };
  },
  posteverywhere: async (options) => {
    const emulator = await openPosteverywhereEmulator(options);
    return {
      emulator,
      settings: { POSTEVERYWHERE_API_KEY: emulator.apiKey, POSTEVERYWHERE_BASE_URL: emulator.baseUrl },
    };
  },
  'upload-post': async (options) => {
    const emulator = await openUploadPostEmulator(options);
    return {
      emulator,
      settings: { UPLOAD_POST_API_KEY: emulator.apiKey, UPLOAD_POST_BASE_URL: emulator.baseUrl },
    };
  },
  openshorts: async ({ clock, port }) => {
    const uploadPost = await openUploadPostEmulator({ clock });
    const emulator = await openOpenshortsEmulator({ uploadPost, ...(port !== undefined && { port }) });
    const settings = {
      OPENSHORTS_URL: emulator.baseUrl,
      UPLOAD_POST_API_KEY: uploadPost.apiKey,
      UPLOAD_POST_BASE_URL: uploadPost.baseUrl,
    };
    return { emulator, settings };
  },
};

const { values, positionals } = parseArgs({ options: { port: { type: 'string' } }, allowPositionals: true });
const start = VENDORS[positionals[0] ?? ''];
if (!start) {
  console.error(
    `Usage: npm run emulator -- <vendor> [--port N]\nVendors: ${Object.keys(VENDORS).join(', ')}`,
  );
  process.exit(1);
}

// The emulator's clock is moved along with the machine's.
const clock = new ManualClock(Date.now());
const ticking = setInterval(() => clock.set(Date.now()), 250);
const { emulator, settings } = await start({
  clock,
  ...(values.port !== undefined && { port: Number(values.port) }),
});

console.log(`${positionals[0]} is played at ${emulator.server.url}. To let Airdate use it:\n`);
for (const [name, value] of Object.entries(settings)) console.log(`export ${name}=${value}`);
console.log('\nCtrl-C ends it.');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    clearInterval(ticking);
    await emulator[Symbol.asyncDispose]();
    process.exit();
  });
}
