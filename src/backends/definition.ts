import type { Backend } from '../domain/backend.ts';
import type { Capabilities } from '../domain/capabilities.ts';
import type { Clock } from '../domain/clock.ts';
import type { BackendName } from '../domain/handle.ts';

type VendorName = Exclude<BackendName, 'local'>;

/** A variable that turns a vendor on, or says where it is. */
export interface VendorSetting {
  /** What `airdate --help` says of it. */
  readonly about: string;
  readonly kind: 'key' | 'url';
  /** For a URL that is not given. */
  readonly fallback?: string;
  /** What the value 1 stands for. */
  readonly one?: string;
  /** It is on a machine of the operator's own, which may be reached by plain http inside their network. */
  readonly selfHosted?: boolean;
}

/** A vendor's client, until it is closed. */
export interface VendorBackend extends Backend, AsyncDisposable {}

export interface BackendDefinition {
  readonly name: VendorName;
  readonly capabilities: Capabilities;
  readonly settings: Readonly<Record<string, VendorSetting>>;
  /** The client, or `undefined` when the settings do not turn the vendor on. URLs come without a trailing slash. */
  open(
    settings: Readonly<Record<string, string | undefined>>,
    surroundings: { readonly clock: Clock },
  ): Promise<VendorBackend | undefined>;
}

/** Where a vendor is, and its key. */
export interface Opening {
  readonly key: string;
  readonly baseUrl: string;
}

/** The identity: it is here so that a definition is checked where it stands. */
export function defineBackend(definition: BackendDefinition): BackendDefinition {
  return definition;
}
