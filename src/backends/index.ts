import type { Clock } from '../domain/clock.ts';
import type { BackendDefinition, VendorBackend } from './definition.ts';
import { infinipost } from './infinipost/index.ts';
import { openshorts } from './openshorts/index.ts';
import { posteverywhere } from './posteverywhere/index.ts';
import { uploadPost } from './upload-post/index.ts';

/** The clients of the vendors that the settings turn on. */
export async function openVendors(
  settings: Readonly<Record<string, string>>,
  surroundings: { readonly clock: Clock },
): Promise<VendorBackend[]> {
  const opened = await Promise.all(VENDORS.map((vendor) => vendor.open(settings, surroundings)));
  return opened.flatMap((backend) => backend ?? []);
}

/** Every vendor, in the order in which lists walk through them. */
export const VENDORS: readonly BackendDefinition[] = [infinipost, posteverywhere, uploadPost, openshorts];
