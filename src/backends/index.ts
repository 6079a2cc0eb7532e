import type { BackendDefinition } from './definition.ts';
import { infinipost } from './infinipost/index.ts';
import { openshorts } from './openshorts/index.ts';
import { posteverywhere } from './posteverywhere/index.ts';
import { uploadPost } from './upload-post/index.ts';

/** Every vendor, in the order in which lists walk through them. */
export const VENDORS: readonly BackendDefinition[] = [infinipost, posteverywhere, uploadPost, openshorts];
