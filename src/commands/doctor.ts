import { runRules } from '../core/check/run.ts';
import { SECRETS_RULE } from '../core/credentials/encrypted.ts';
import { examine } from '../core/doctor/doctor.ts';
import { doctorJson, doctorText } from '../core/doctor/show.ts';
import { hasErrors } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import type { Report } from '../edges/report.ts';
import { doctorFacts } from '../flow/doctor.ts';
import type { DoctorPorts } from '../flow/doctor.ts';
import { gatherDoctorFiles } from '../gather/doctor.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

export interface DoctorCommand {
  root: string;
  cluster: string | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * What GitHub, clusters and secrets must have and do not, with the command for each. Exit 1 where something is
 * missing; what was not asked is said and changes no exit code.
 */
export async function doctor(
  { root, cluster, now }: DoctorCommand,
  ports: DoctorPorts,
  report: Pick<Report, 'progress'>,
): Promise<Outcome> {
  const { platform, findings } = await gatherPlatform(root);
  // Said here with what is wrong besides.
  const isOwn = ({ rule }: Finding): boolean => rule === SECRETS_RULE;
  if (!platform || hasErrors(findings.filter((one) => !isOwn(one)))) return refused(findings);
  // A file that points to nothing would lead to fewer questions, and so to fewer gaps.
  const broken = runRules({ platform, now, defaults: undefined });
  if (hasErrors(broken)) return refused(broken);
  report.progress('asking GitHub, the cluster and DNS');
  const files = await gatherDoctorFiles(root);
  const checks = examine(platform, await doctorFacts({ platform, files, cluster, now }, ports));
  return outcome({
    exit: checks.some(({ state }) => state === 'missing') ? 1 : 0,
    text: doctorText(checks),
    json: { schema_version: SCHEMA_VERSION, checks: doctorJson(checks) },
  });
}
