import type { Clock } from '../../domain/clock.ts';
import { Failure } from '../../domain/failure.ts';
import type { Opening, VendorBackend } from '../definition.ts';
import { openHttp } from '../http.ts';
import type { Vendor } from '../vendor.ts';
import { toProfile } from './accounts.ts';
import { uploadPostCapabilities } from './capabilities.ts';
import { cancelPost, editPost, prepareEdit } from './changes.ts';
import { createVideoPost, toUpload } from './creating.ts';
import { explain } from './explain.ts';
import { findVideoPost } from './finding.ts';
import { parsePostId } from './ids.ts';
import { listPosts } from './listing.ts';
import { toPost } from './posts.ts';
import { readFacts } from './reading.ts';
import { retryPost } from './retrying.ts';
import { listSounds } from './sounds.ts';
import { Users } from './wire.ts';

/** The client. Loaded where the vendor is turned on, and nowhere else. */
export function open({ key, baseUrl }: Opening, { clock }: { readonly clock: Clock }): VendorBackend {
  const http = openHttp(uploadPostVendor({ key, baseUrl }), { clock });
  const surroundings = { http, clock };
  return {
    name: 'upload-post',
    capabilities: uploadPostCapabilities,

    async profiles(call) {
      const { profiles } = await http.read({ path: '/uploadposts/users', schema: Users }, call);
      return profiles.map(toProfile);
    },

    async planVideoPost(order) {
      const accountIds = order.accounts.map(({ id }) => id);
      const { request, warnings } = toUpload(order);
      return { requests: [{ accountIds, ...http.plan(request) }], warnings };
    },

    createVideoPost: (order, call) => createVideoPost(surroundings, order, call),

    findVideoPost: (sent, call) => findVideoPost(surroundings, sent, call),

    async planEdit(id, edit, call) {
      const { post, request, warnings } = await prepareEdit(http, { id, edit }, call);
      const accountIds = post.targets.map(({ accountId }) => accountId);
      return { requests: [{ accountIds, ...http.plan(request) }], warnings };
    },

    editPost: (id, edit, call) => editPost(http, { id, edit }, call),

    listPosts: (query, call) => listPosts(surroundings, query, call),

    getPost: async (id, call) => toPost(await readFacts(http, parsePostId(id), call)),

    cancelPost: (standing, call) => cancelPost(http, standing, call),

    retryPost: (id, accountIds, call) => retryPost(http, { id, accountIds }, call),

    async uploadSound() {
      throw new Failure('unsupported', `upload-post: ${uploadPostCapabilities.tools.upload_sound}.`);
    },

    listSounds: (query, call) => listSounds(http, query, call),

    [Symbol.asyncDispose]: () => http.close(),
  };
}

/** The facts of the wire, for whoever else speaks to the vendor with the same key. */
export function uploadPostVendor({ key, baseUrl }: Opening): Vendor {
  return {
    backend: 'upload-post',
    baseUrl,
    headers: { Authorization: `Apikey ${key}` },
    secrets: [key],
    setting: 'UPLOAD_POST_API_KEY',
    explain,
  };
}
