import type { Answer } from './emulator.ts';
import type { OpenshortsSwitches } from './openshorts-settings.ts';

/** An error that the app raises on purpose, with its status. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** An exception that the app does not foresee. */
export class PythonError extends Error {}

/**
 * Some routes catch what they raised themselves, so that every status becomes 500 and moves into the text; before
 * Starlette 0.28 the text of such an error was empty.
 */
export async function wrapErrors(switches: OpenshortsSwitches, run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!(error instanceof HttpError)) return { status: 500, body: { detail: error.message } };
    if (switches.statuses === 'documented') return documented(error);
    const detail = switches.starlette === 'old' ? '' : `${error.status}: ${error.message}`;
    return { status: 500, body: { detail } };
  }
}

/** Everywhere else a raised error keeps its status, and one not foreseen is plain text. */
export function toErrorAnswer(error: unknown): Answer {
  if (error instanceof HttpError) return { status: error.status, body: { detail: error.message } };
  if (!(error instanceof PythonError)) throw error;
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  return { status: 500, body: 'Internal Server Error', headers };
}

/** The table of https://mintlify.wiki/mutonby/openshorts/api/social */
function documented({ status, message }: HttpError): Answer {
  if (status === 401) return { status, body: { detail: 'Invalid Upload-Post API key' } };
  if (message.startsWith('Video file not found')) return { status, body: { detail: 'Video file not found' } };
  return { status: 500, body: { detail: message } };
}
