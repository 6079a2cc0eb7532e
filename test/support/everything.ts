import { openInfinipostEmulator } from '../emulators/infinipost.ts';
import { openOpenshortsEmulator } from '../emulators/openshorts.ts';
import { openPosteverywhereEmulator } from '../emulators/posteverywhere.ts';
import { openUploadPostEmulator } from '../emulators/upload-post.ts';
import { type Options, openAirdate } from './airdate.ts';
import { ManualClock } from './clock.ts';

export type Everything = Awaited<ReturnType<typeof openEverything>>;

interface Wanted extends Omit<Options, 'clock' | 'environment'> {
  /** Whether OpenShorts has a key of its own. */
  readonly serverKey?: boolean;
  /** Whether the clock goes on by itself, fifty times as fast as a real one. */
  readonly ticking?: boolean;
}

/** An Airdate with every vendor turned on, each an emulator. */
export async function openEverything({ serverKey = false, ticking = false, ...options }: Wanted = {}) {
  const clock = new ManualClock();
  const stack = new AsyncDisposableStack();
  const infinipost = stack.use(await openInfinipostEmulator({ clock }));
  const posteverywhere = stack.use(await openPosteverywhereEmulator({ clock, requestsPerMinute: 1_000 }));
  const uploadPost = stack.use(await openUploadPostEmulator({ clock }));
  const openshorts = stack.use(await openOpenshortsEmulator({ uploadPost, serverKey }));
  const environment = {
    INFINIPOST_API_KEY: infinipost.apiKey,
    INFINIPOST_BASE_URL: infinipost.baseUrl,
    POSTEVERYWHERE_API_KEY: posteverywhere.apiKey,
    POSTEVERYWHERE_BASE_URL: posteverywhere.baseUrl,
    UPLOAD_POST_API_KEY: uploadPost.apiKey,
    UPLOAD_POST_BASE_URL: uploadPost.baseUrl,
    OPENSHORTS_URL: openshorts.baseUrl,
  };
  const airdate = stack.use(await openAirdate({ ...options, clock, environment }));
  const moving = ticking ? setInterval(() => clock.advance(1_000), 20) : undefined;
  stack.defer(() => clearInterval(moving));
  return {
    airdate,
    infinipost,
    posteverywhere,
    uploadPost,
    openshorts,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
