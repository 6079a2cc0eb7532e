import type { Backend, VideoOrder } from '../../domain/backend.ts';
import type { Clock } from '../../domain/clock.ts';
import { Failure } from '../../domain/failure.ts';
import type { Opening, VendorBackend } from '../definition.ts';
import { openHttp } from '../http.ts';
import { toProfiles, WireAccounts } from './accounts.ts';
import { posteverywhereCapabilities } from './capabilities.ts';
import { cancelPost, retryPost } from './changes.ts';
import { createVideoPost, planVideoPost } from './create.ts';
import { editPost, planEdit } from './edit.ts';
import { explain } from './explain.ts';
import { answerOf } from './fields.ts';
import { findVideoPost } from './find.ts';
import { listPosts } from './list.ts';
import { MediaLibrary } from './media.ts';
import { getPost } from './requests.ts';

/** The client. Loaded where the vendor is turned on, and nowhere else. */
export function open({ key, baseUrl }: Opening, { clock }: { readonly clock: Clock }): VendorBackend {
  const vendor = {
    backend: 'posteverywhere',
    baseUrl,
    headers: { authorization: `Bearer ${key}` },
    secrets: [key],
    setting: 'POSTEVERYWHERE_API_KEY',
    explain,
  } as const;
  const http = openHttp(vendor, { clock });
  const surroundings = { http, clock, media: new MediaLibrary(http, clock) };
  /**
   * When orders in doubt were sent at the latest, by request id: bringing the video comes before, and takes its time. One that
   * another process sent was sent before it was first looked for here, and nobody knows more.
   */
  const doubts = new Map<string, number>();

  const create: Backend['createVideoPost'] = async (order, call) => {
    try {
      return await createVideoPost(surroundings, order, call);
    } catch (thrown) {
      if (Failure.from(thrown).code === 'outcome_unknown') doubts.set(order.requestId, clock.now());
      throw thrown;
    }
  };

  return {
    name: 'posteverywhere',
    capabilities: posteverywhereCapabilities,
    profiles: async (call) =>
      toProfiles(await http.read({ path: '/accounts', schema: answerOf(WireAccounts) }, call)),
    planVideoPost: async (order: VideoOrder) => planVideoPost(http, order),
    createVideoPost: create,
    async findVideoPost(sent, call) {
      const { requestId } = sent.order;
      const now = clock.now();
      const sentUntil = Math.max(doubts.get(requestId) ?? now, sent.lastSentAt ?? sent.sentAt);
      doubts.set(requestId, sentUntil);
      const found = await findVideoPost(http, { ...sent, sentUntil, now }, call);
      if (found !== 'unknown') doubts.delete(requestId);
      return found;
    },
    planEdit: (id, edit, call) => planEdit(http, id, edit, call),
    editPost: (id, edit, call) => editPost(surroundings, id, edit, call),
    listPosts: (query, call) => listPosts(surroundings, query, call),
    getPost: (id, call) => getPost(http, id, call),
    cancelPost: (standing, call) => cancelPost(surroundings, standing, call),
    retryPost: (id, accountIds, call) => retryPost(http, id, accountIds, call),
    uploadSound: noSounds,
    listSounds: noSounds,
    [Symbol.asyncDispose]: () => http.close(),
  };
}

async function noSounds(): Promise<never> {
  throw new Failure('unsupported', 'PostEverywhere has no sounds.', { backend: 'posteverywhere' });
}
