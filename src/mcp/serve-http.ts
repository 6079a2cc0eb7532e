import type { Desk } from '../desk/desk.ts';
import type { Tool } from '../tools/tool.ts';
import type { Identity } from './access.ts';
import type { Bindings } from './exchange.ts';
import { type HttpServer, type HttpSettings, openHttp } from './http.ts';
import { type Bounds, Limits } from './limits.ts';
import { createServer } from './server.ts';
import type { ServerSettings } from './tool-table.ts';

export interface HttpToolSettings extends Omit<HttpSettings, 'limits'> {
  readonly version: string;
  readonly desk: Desk;
  readonly mask: (text: string) => string;
  /** All that are served; of these a caller has those of its level. */
  readonly tools: readonly Tool[];
  /** `legacy` serves the revisions up to 2025-11-25 alone. */
  readonly protocol: 'auto' | 'legacy';
  /** Whether a yes that comes through a client counts as a person's. */
  readonly asksPerson: boolean;
  readonly bounds?: Partial<Bounds>;
}

/** Serves the tools over HTTP, in every revision of the protocol. */
export async function serveHttp(settings: HttpToolSettings): Promise<HttpServer> {
  const { version, desk, mask, protocol, bounds, log, asksPerson } = settings;
  const limits = new Limits(bounds);
  const tools = limits.limitTools(settings.tools);
  const settingsFor = (identity: Identity): ServerSettings => ({
    version,
    desk,
    log,
    mask,
    tools,
    caller: identity,
    asksPerson,
  });
  const bindings: Bindings = {
    log,
    tools,
    connect: (identity) => createServer(settingsFor(identity)),
    ...(protocol === 'auto' && { modern: await openModern(settingsFor, log) }),
  };
  return openHttp({ ...settings, limits }, bindings);
}

async function openModern(settingsFor: (identity: Identity) => ServerSettings, log: HttpSettings['log']) {
  const [{ openModernEndpoint }, { createModernServer }] = await Promise.all([
    import('./modern-http.ts'),
    import('./modern-server.ts'),
  ]);
  return openModernEndpoint((identity) => createModernServer(settingsFor(identity)), log);
}
