import type { Body } from './contract.ts';
import type { Permission, Repository, State, Token, User } from './state.ts';

/** A request, with what its path and its token lead to. */
export interface Call {
  state: State;
  token: Token;
  repository: Repository;
  parameters: Record<string, string>;
  query: URLSearchParams;
  body: Body;
}

export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Answer {
  status: number;
  /** Without it the answer has no body. A list is cut into pages. */
  body?: unknown;
  location?: string;
}

export interface Handler {
  /** What a token needs; one of them is enough. */
  needs?: readonly Permission[];
  handle(call: Call): Answer;
}

/** GitHub: body is too long (maximum is 65536 characters). */
export const BODY_LIMIT = 65_536;

export function text(value: unknown, limit = Infinity): string {
  const result = typeof value === 'string' ? value : '';
  if (Array.from(result).length > limit)
    throw new Refusal(422, `Validation Failed: body is too long (maximum is ${limit} characters)`);
  return result;
}

export function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Refusal(404, 'Not Found');
  return value;
}

export const userBody = ({ id, login, type }: User): Body => ({ id, login, type });
