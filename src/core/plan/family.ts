import type { Json, JsonObject } from '../json.ts';
import type { Digest } from '../unit.ts';
import type { Diff } from './types.ts';

/** What a plan says with one sign: comes, is taken over from others, changes, goes. */
type Marker = '+' | '→' | '~' | '−';

/** Why a step is taken: a code for programs, a text for people. */
export interface ShownReason {
  code: string;
  text: string;
  /** What only follows from it: folded away where there is room to fold. */
  follows?: readonly string[];
}

/** What people notice of a step. `risk`: how much it can hurt, 0 to 11. */
export interface ShownEffect {
  code: string;
  text: string;
  risk: number;
}

/** A thing that the headline counts once by its name, beside the step itself. */
interface Touched {
  noun: string;
  name: string;
}

/** A step as every view shows it: all that comment, text, page and JSON know of a family. */
export interface ShownStep {
  family: string;
  marker: Marker;
  /** Unique in a plan. */
  id: string;
  title: string;
  /** What several such things are called with an s: `hub`. */
  noun: string;
  /** Hubs that it is about; none where it is what hubs share. */
  hubs: readonly string[];
  /** Name of its wave; empty where it is in none. */
  wave: string;
  /** Position of its wave; 0 is before all waves. */
  order: number;
  /** Of several steps the riskiest is shown first. */
  risk: number;
  reasons: ShownReason[];
  /** The reasons in a line. */
  summary: string;
  effects: ShownEffect[];
  touched: Touched[];
  diff: Diff | undefined;
  /** `changes`: every reason and line is shown. `names`: what is new as a whole is only named. */
  detail: 'changes' | 'names';
  /** Steps of a family with an equal shape are the same change, shown once. */
  shape: Digest;
  /** What the digest of the plan is made of. */
  identity: Json;
  /** What a merge agrees to, for the deployment that follows. */
  reviewed: { name: string; digest: Digest } | undefined;
  /** Its own part of `plan --json`. */
  json: JsonObject;
}

/** Something that a plan names and leaves alone. */
export interface ShownUnit {
  id: string;
  title: string;
  noun: string;
  json: JsonObject;
}

/** What a family makes of wanted and present: its own changes, what stays, what nobody names any more. */
export interface Decision<Change> {
  changes: Change[];
  unchanged: ShownUnit[];
  orphans: ShownUnit[];
}

/**
 * A subject with its own steps: decide → (render) → explain → show → apply. These are its pure moves; what gathers,
 * renders and applies for it comes with its registration.
 */
export interface Family<Facts, Change, Step> {
  name: string;
  decide(facts: Facts): Decision<Change>;
  /** The name by which what was rendered for a change is found. */
  idOf(change: Change): string;
  /** `diff`: deployed against new objects; undefined where the family renders none. */
  explain(change: Change, diff: Diff | undefined): Step;
  show(step: Step): ShownStep;
}
