/** The run has been killed: nothing that it does reaches the outside any more. No code of ours may catch it. */
export class Killed extends Error {}

/** What is to go wrong at a call. */
export interface Fault {
  /** The call's name, as the port has it. */
  call: string;
  /** Only where the call is about this. */
  about?: RegExp;
  /** Which of those calls: the first is 1. */
  nth?: number;
  /** How many of them, from that one on. */
  times?: number;
  /** `after`: it happens, and the answer gets lost. */
  when?: 'before' | 'after';
  error: Error;
}

/** What doubles of one outside have in common: every call is written down, may fail, or is the last of a killed run. */
export class Outside {
  /** Every call, as `name: about`. */
  readonly calls: string[] = [];
  #faults: (Fault & { met: number })[] = [];
  #killAt: { call: number; when: 'before' | 'after' } | undefined;
  #killed = false;

  fail(fault: Fault): void {
    this.#faults.push({ ...fault, met: 0 });
  }

  /** The n-th call from now on is the last one. */
  killAt(call: number, when: 'before' | 'after'): void {
    this.#killAt = { call: this.calls.length + call, when };
  }

  /** Another run begins. */
  revive(): void {
    this.#killAt = undefined;
    this.#killed = false;
    this.#faults = [];
  }

  note(name: string, about: string): void {
    this.calls.push(`${name}: ${about}`);
  }

  /** Calls of some names so far. */
  made(...names: string[]): string[] {
    return this.calls.filter((call) => names.some((name) => call.startsWith(`${name}: `)));
  }

  async call<T>(name: string, about: string, work: () => T | Promise<T>): Promise<T> {
    await Promise.resolve();
    if (this.#killed) throw new Killed();
    this.note(name, about);
    const isLast = this.#killAt !== undefined && this.calls.length >= this.#killAt.call;
    const last = isLast ? this.#killAt : undefined;
    if (last?.when === 'before') this.#kill();
    const fault = this.#faultOf(name, about);
    if (fault?.when === 'before' || fault?.when === undefined) throwIfAny(fault);
    const result = await work();
    if (last) this.#kill();
    throwIfAny(fault);
    return result;
  }

  #kill(): never {
    this.#killed = true;
    throw new Killed();
  }

  #faultOf(name: string, about: string): Fault | undefined {
    const met = this.#faults.filter(
      (one) => one.call === name && (one.about === undefined || one.about.test(about)),
    );
    for (const one of met) one.met += 1;
    return met.find(({ met: count, nth = 1, times = 1 }) => count >= nth && count < nth + times);
  }
}

function throwIfAny(fault: Fault | undefined): void {
  if (fault) throw fault.error;
}
