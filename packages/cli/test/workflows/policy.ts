import { load } from 'js-yaml';

/** A workflow as YAML gives it; only the parts that the rules look at. */
export type Workflow = {
  readonly on?: unknown;
  readonly permissions?: unknown;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly concurrency?: unknown;
  readonly jobs?: Readonly<Record<string, Job>>;
};

type Job = {
  readonly permissions?: unknown;
  readonly 'timeout-minutes'?: unknown;
  readonly concurrency?: { readonly group?: string; readonly 'cancel-in-progress'?: unknown };
  readonly environment?: unknown;
  readonly steps?: readonly Step[];
};

type Step = {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
};

/** Scripts that change a fleet, and so may only run where nothing else does. */
const MUTATING = /scripts\/(?:deploy|failover)\b|flotilla (?:deploy|rollback|failover|switchover|rejoin|bootstrap)\b/;

/** Gives what a workflow does against our own rules, in words; empty when it keeps all of them. */
export function checkPolicy(text: string): readonly string[] {
  // The official parser has accepted the text before; a wrong shape shows as a missing part here.
  const workflow = load(text) as Workflow;
  const jobs = Object.entries(workflow.jobs ?? {});
  return [
    ...workflowRules(workflow),
    ...pinComments(text),
    ...jobs.flatMap(([name, job]) => jobRules(workflow, job).map((problem) => `${name}: ${problem}`)),
  ];
}

function workflowRules({ permissions, env }: Workflow): readonly string[] {
  const isClosed = typeof permissions === 'object' && permissions !== null && Object.keys(permissions).length === 0;
  const leaks = JSON.stringify(env ?? {}).includes('secrets.');
  return [
    ...(isClosed ? [] : ['permissions must be {} for the workflow, and granted per job']),
    ...(leaks ? ['a secret must not be in the environment of a whole workflow'] : []),
  ];
}

function pinComments(text: string): readonly string[] {
  const uses = text.split('\n').filter((line) => /^\s*(?:- )?uses: (?!\.\/)/.test(line));
  return uses
    .filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))
    .map((line) => `${line.trim()} is not pinned to a commit with its version beside it`);
}

function jobRules(workflow: Workflow, job: Job): readonly string[] {
  const steps = job.steps ?? [];
  return [
    ...(job.permissions === undefined ? ['has no permissions of its own'] : []),
    ...(typeof job['timeout-minutes'] === 'number' ? [] : ['has no timeout-minutes']),
    ...(steps.some((step) => MUTATING.test(step.run ?? '')) ? mutatingRules(job) : []),
    ...steps.flatMap((step) => stepRules(workflow, step)),
  ];
}

function mutatingRules(job: Job): readonly string[] {
  const isShared = job.concurrency?.group?.startsWith('fleet-${{') === true;
  return [
    ...(isShared ? [] : ['changes a fleet outside of the concurrency group of that fleet']),
    ...(job.concurrency?.['cancel-in-progress'] === false ? [] : ['may be cancelled while it changes a fleet']),
    ...(job.environment === undefined ? ['changes a fleet without being bound to its environment'] : []),
  ];
}

function stepRules({ on }: Workflow, { uses = '', run = '', with: inputs = {} }: Step): readonly string[] {
  const isCheckout = uses.startsWith('actions/checkout@');
  const isTrusted = typeof on === 'object' && on !== null && ('pull_request_target' in on || 'workflow_run' in on);
  const isHead = /github\.(?:event\.pull_request\.head|head_ref|event\.workflow_run\.head)/.test(String(inputs['ref']));
  return [
    ...(isCheckout && inputs['persist-credentials'] !== false ? ['checkout keeps credentials'] : []),
    ...(isCheckout && isTrusted && isHead ? ['checks out code of a pull request with a token that writes'] : []),
    ...(/\$\{\{/.test(run) ? ['an expression inside of run: hand it over by env'] : []),
  ];
}
