import type {
  Author,
  RequestComment,
  RequestIssue,
  ShownPull,
} from '../core/access/request/facts.ts';
import type { OwnPulls } from './own-pulls.ts';

/** The repository in which people ask. Everything is asked anew: what an event says may be old, or edited. */
export interface RequestDesk {
  /** Undefined where it is gone, or was moved to another repository. */
  issue(issue: number): Promise<RequestIssue | undefined>;
  /** Undefined where it is gone. */
  comment(comment: number): Promise<RequestComment | undefined>;
  /** Open issues of somebody, pull requests left out. */
  openOf(author: Author): Promise<{ number: number; body: string }[]>;
  /** When an account was made, in milliseconds since 1970. */
  accountSince(id: number): Promise<number>;
  /** Text of our own comment on an issue that begins so. */
  answer(issue: number, mark: string): Promise<string | undefined>;
  keepAnswer(issue: number, mark: string, body: string): Promise<void>;
  /** Closed, and locked: nobody goes on there. */
  end(issue: number): Promise<void>;
  /** Starts a workflow of the default branch. */
  start(workflow: string): Promise<void>;
}

/** The repository with people's files. */
export interface RequestPulls extends OwnPulls {
  /** What is open from a branch of ours. */
  shown(branch: string): Promise<ShownPull | undefined>;
}
