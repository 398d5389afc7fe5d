import { setTimeout as sleep } from 'node:timers/promises';
import { exec } from '../../src/edges/exec.ts';
import { up } from '../images/docker.ts';
import type { DockerPlace } from '../images/docker.ts';

const WAIT_S = 10;
const TRIES = 90;

/** A Docker of its own, once nobody else on this machine has one. */
export async function dockerInTurn(): Promise<DockerPlace> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if ((await exec('pidof', ['dockerd'])).code !== 0) return up();
    await sleep(WAIT_S * 1000);
  }
  return up(); // says who is in the way
}
