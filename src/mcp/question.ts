import type { Question } from '../domain/call.ts';
import { plain } from './plain-json.ts';

/** Thrown where a question can only be answered by the same call, made again with the answer. */
export class Unanswered extends Error {
  readonly question: Question;

  constructor(question: Question) {
    super('The client has to ask its person first.');
    this.question = question;
  }
}

/** Whether a client shows its person forms. An empty capability means that it does. */
export function showsForms(elicitation: object | undefined): boolean {
  if (elicitation === undefined) return false;
  return 'form' in elicitation || Object.keys(elicitation).length === 0;
}

/** A form without fields: accepting it is the yes. */
export function toElicitation({ text }: Question) {
  return { message: plain(text), requestedSchema: { type: 'object' as const, properties: {} } };
}

/** As long as a person may take. The draft waits for longer than that. */
export const ANSWER_MS = 10 * 60_000;
