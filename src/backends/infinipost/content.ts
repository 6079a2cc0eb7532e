import type { Content } from '../../domain/content.ts';
import { unsupported } from './capabilities.ts';

/** The vendor fetches what it posts; bytes it does not take. */
export function publicUrl(content: Content): string {
  if (content.kind === 'url') return content.url;
  throw unsupported('it takes content by its public URL only');
}
