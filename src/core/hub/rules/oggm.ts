import { pointer } from '../../json.ts';
import { OGGM_BASE_BYTES, OGGM_WORKER_BYTES } from '../../model/limits.ts';
import { imageNames } from '../../model/offers.ts';
import { memoryBytes } from '../../model/quantities.ts';
import { knownTexts } from '../values/variables.ts';
import type { HubFacts, Rule, ValuesFacts } from '../../rule.ts';

function serverEnv({ values }: ValuesFacts): Record<string, string> {
  return knownTexts(values, '/singleuser/extraEnv');
}

const variable = (name: string): string => pointer('singleuser', 'extraEnv', name);

const offersOggm = ({ hub, platform }: HubFacts): boolean =>
  imageNames(hub.data).some((name) => platform.images.get(name)?.data.oggm !== undefined);

export const multiprocessing: Rule = {
  id: 'oggm-multiprocessing',
  severity: 'error',
  title: 'OGGM_USE_MULTIPROCESSING is 0 or 1.',
  why: 'OGGM reads it as a whole number: "True" or an empty text ends cfg.initialize() with a ValueError, whatever the documentation says.',
  on: 'values',
  *check(facts) {
    for (const name of ['OGGM_USE_MULTIPROCESSING', 'OGGM_USE_MP_SPAWN']) {
      const value = serverEnv(facts)[name];
      if (value !== undefined && !/^[01]$/u.test(value)) {
        yield {
          at: facts.place(variable(name)),
          message: `OGGM fails on ${name}=${JSON.stringify(value)}`,
          hint: 'write "0" or "1"',
        };
      }
    }
  },
};

export const slurmCpus: Rule = {
  id: 'oggm-cpus',
  severity: 'error',
  title: 'Counts of cores are whole numbers.',
  why: 'OGGM takes all cores of the node when SLURM_JOB_CPUS_PER_NODE is not a whole number, and runs out of memory. The platform sets it for each size.',
  on: 'values',
  *check(facts) {
    for (const name of [
      'SLURM_JOB_CPUS_PER_NODE',
      'PYTHON_CPU_COUNT',
      'OMP_NUM_THREADS',
      'LRU_MAXSIZE',
    ]) {
      const value = serverEnv(facts)[name];
      if (value !== undefined && !/^[1-9][0-9]*$/u.test(value)) {
        yield {
          at: facts.place(variable(name)),
          message: `${name}=${JSON.stringify(value)} is not a whole number`,
          hint: 'remove it: the platform sets it for each size',
        };
      }
    }
  },
};

export const sharedCache: Rule = {
  id: 'oggm-shared-cache',
  severity: 'error',
  title: 'Nobody writes to a cache that others read.',
  why: 'OGGM downloads in place, without a lock and without checksums: a second reader gets half a file, and a killed download poisons the cache for good.',
  on: 'values',
  *check(facts) {
    const {
      OGGM_DOWNLOAD_CACHE: cache,
      OGGM_DOWNLOAD_CACHE_RO: readOnly,
      OGGM_WORKDIR: workdir,
    } = serverEnv(facts);
    if (cache === undefined || /^(~|\/home\/|\/scratch\/|\/tmp\/)/u.test(cache)) return;
    if (!/^(1|true|yes|on)$/iu.test(readOnly ?? '')) {
      yield {
        at: facts.place(variable('OGGM_DOWNLOAD_CACHE')),
        message: `${cache} would be written to by everybody`,
        hint: 'add OGGM_DOWNLOAD_CACHE_RO: "1"',
      };
    } else if (workdir === undefined && !offersOggm(facts)) {
      yield {
        at: facts.place(variable('OGGM_DOWNLOAD_CACHE_RO')),
        message: 'a read-only cache without OGGM_WORKDIR fails at the first missing file',
        hint: 'add OGGM_WORKDIR, below the home',
      };
    }
  },
};

export const workdirScratch: Rule = {
  id: 'workdir-scratch',
  severity: 'error',
  title: 'A hub that works on scratch has scratch.',
  why: 'OGGM makes its working directory where it is told: without the volume nobody may write there, and the first glacier fails.',
  on: 'hub',
  *check({ hub }) {
    if (hub.data.workdir === 'scratch' && hub.data.scratch === undefined) {
      yield {
        at: hub.at('/workdir'),
        message: 'servers of this hub have no scratch to work on',
        hint: 'add scratch: {size: 20Gi}, or write workdir: home',
      };
    }
  },
};

export const modelMemory: Rule = {
  id: 'oggm-memory',
  severity: 'warning',
  title: 'A size has memory for OGGM on all its cores.',
  why: 'OGGM takes 0.4 GB, and at least 0.15 GB more for each process: a server with many cores and little memory is killed in the middle of a run.',
  on: 'hub',
  *check(facts) {
    if (!offersOggm(facts)) return;
    const { hub } = facts;
    for (const [name, size] of Object.entries(hub.data.sizes)) {
      const needed = OGGM_BASE_BYTES + OGGM_WORKER_BYTES * Math.floor(size.cpu);
      if ((memoryBytes(size.memory) ?? 0) < needed) {
        yield {
          at: hub.at(pointer('sizes', name, 'memory')),
          message: `${size.memory} are too little for OGGM on ${size.cpu} cores`,
          hint: `write at least ${Math.ceil((needed / 2 ** 30) * 10) / 10}G`,
        };
      }
    }
  },
};
