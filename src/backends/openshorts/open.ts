import type { Verb } from '../../domain/capabilities.ts';
import type { Clock } from '../../domain/clock.ts';
import { Failure } from '../../domain/failure.ts';
import type { Opening, VendorBackend } from '../definition.ts';
import { openHttp } from '../http.ts';
import { uploadPostVendor } from '../upload-post/open.ts';
import type { Vendor } from '../vendor.ts';
import { openshortsCapabilities } from './capabilities.ts';
import { createVideoPost, findVideoPost, preparePost } from './creating.ts';
import { explain } from './explain.ts';
import { cancelPost, getPost } from './reading.ts';
import { Profiles, toProfile } from './wire.ts';

/** The client. Loaded where the vendor is turned on, and nowhere else. */
export function open(
  { url, uploadPost }: { readonly url: string; readonly uploadPost: Opening | undefined },
  { clock }: { readonly clock: Clock },
): VendorBackend {
  const http = openHttp(openshortsVendor(url, uploadPost?.key), { clock });
  const poster = uploadPost && openHttp(uploadPostVendor(uploadPost), { clock });
  const surroundings = { http, uploadPost: poster, clock };
  return {
    name: 'openshorts',
    capabilities: openshortsCapabilities,

    async profiles(call) {
      const { profiles } = await http.read({ path: '/api/social/user', schema: Profiles }, call);
      return profiles.map(toProfile);
    },

    async planVideoPost(order, call) {
      const { request, warnings } = await preparePost(surroundings, order, call);
      const accountIds = order.accounts.map(({ id }) => id);
      return { requests: [{ accountIds, ...http.plan(request) }], warnings };
    },

    createVideoPost: (order, call) => createVideoPost(surroundings, order, call),

    findVideoPost: (sent, call) => findVideoPost(surroundings, sent, call),

    planEdit: () => cannot('edit_post'),

    editPost: () => cannot('edit_post'),

    /** Nothing: it cannot tell its own posts from the others of the account. */
    listPosts: async () => ({ rows: [] }),

    getPost: (id, call) => getPost(surroundings, id, call),

    cancelPost: (standing, call) => cancelPost(surroundings, standing, call),

    retryPost: () => cannot('retry_post'),

    uploadSound: () => cannot('upload_sound'),

    listSounds: () => cannot('list_sounds'),

    async [Symbol.asyncDispose]() {
      await Promise.all([http.close(), poster?.close()]);
    },
  };
}

/** The app may hold a key of its own: then it is sent none. */
function openshortsVendor(baseUrl: string, key: string | undefined): Vendor {
  return {
    backend: 'openshorts',
    baseUrl,
    headers: key === undefined ? {} : { 'X-Upload-Post-Key': key },
    secrets: key === undefined ? [] : [key],
    setting: 'UPLOAD_POST_API_KEY',
    explain,
  };
}

async function cannot(verb: Verb): Promise<never> {
  throw new Failure('unsupported', `openshorts: ${openshortsCapabilities.tools[verb]}.`);
}
