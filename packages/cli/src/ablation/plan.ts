import {
  DapoProblems,
  describeConfig,
  loadConfig,
  resolveUserConfig,
  updatesPerRollout,
  type ResolvedConfig,
} from '@dapo/core';
import { engineOptions, type ExecOptions } from '../engine.js';
import {
  nothingToCompare,
  studyNotMeasured,
  studyNotRecorded,
  variantCanNotAct,
  variantChangesNothing,
  variantNameTaken,
} from './ablation-errors.js';
import { diffConfigs, type ConfigChange } from './config-diff.js';
import type { Study, Variant } from './study.js';
import type { BaseConfig } from './techniques.js';

/** A variant whose config is known to be sound. */
export interface PlannedVariant extends Variant {
  /** Its folder in the study's. */
  readonly folder: string;
  readonly config: ResolvedConfig;
  /** As `dapo config` shows it, without what the study sets itself: the seed and the budget. */
  readonly described: Readonly<Record<string, unknown>>;
  /** What differs from the baseline. */
  readonly changes: readonly ConfigChange[];
  /** What differs from the variant before; in a ladder only. */
  readonly step?: readonly ConfigChange[];
}

/** What a study gives every run itself: no difference between variants. */
const SET_BY_STUDY = ['seed', 'budget'];

export interface Comparison {
  readonly variant: string;
  readonly against: string;
  readonly kind: 'baseline' | 'step';
}

export interface Plan {
  readonly study: string;
  /** The first is the baseline. */
  readonly variants: readonly PlannedVariant[];
  readonly comparisons: readonly Comparison[];
}

/**
 * Resolves every variant over the base config, and refuses what could teach nothing.
 *
 * @throws DapoProblems where a variant's config is wrong
 * @throws CommandError where a variant changes nothing or its change can't act
 */
export async function planStudy(
  study: Study,
  file: string | undefined,
  set: readonly string[],
  exec: ExecOptions = {},
): Promise<Plan> {
  const variants: PlannedVariant[] = [];
  for (const variant of study.variants) {
    const config = await resolveVariant(variant, file, set, exec);
    const planned = placeVariant(variant, config, variants, study.ladder);
    const same = variants.find(({ described }) => diffConfigs(described, planned.described).length === 0);
    if (same && study.dropsBaseline && same === variants[0]) continue;
    if (same) throw variantChangesNothing(variant.name, same.name);
    refuseIdle(planned, variants, study.ladder);
    variants.push(planned);
  }
  if (variants.length < 2) throw nothingToCompare(study.name, 'every variant is the config as it is');
  return { study: study.name, variants, comparisons: comparisonsOf(variants, study.ladder) };
}

/** The config that a study changes, as `dapo config` shows it. */
export async function describeBase(
  file: string | undefined,
  set: readonly string[],
  exec: ExecOptions = {},
): Promise<BaseConfig> {
  return describeConfig(await resolve(file, set, exec));
}

async function resolve(file: string | undefined, set: readonly string[], exec: ExecOptions): Promise<ResolvedConfig> {
  const engine = engineOptions(exec);
  const { config, problems } = await resolveUserConfig(await loadConfig({ ...engine, file, set }), engine);
  if (!config || problems.length > 0) throw new DapoProblems(problems);
  return config;
}

async function resolveVariant(
  variant: Variant,
  file: string | undefined,
  set: readonly string[],
  exec: ExecOptions,
): Promise<ResolvedConfig> {
  const config = await resolve(file, [...set, ...variant.set], exec);
  const { prompts, evaluation } = config;
  if (!prompts.heldOut || evaluation.every === 0) throw studyNotMeasured(variant.name);
  if (!isRecorded(config)) throw studyNotRecorded(variant.name);
  return config;
}

/** Whether a run of this config writes metrics.jsonl, which is what scores are read from. */
function isRecorded({ trackers }: ResolvedConfig): boolean {
  return Object.values(trackers).some(({ use, options }) => use === 'jsonl' && options['file'] === 'metrics.jsonl');
}

function placeVariant(
  variant: Variant,
  config: ResolvedConfig,
  before: readonly PlannedVariant[],
  ladder: boolean,
): PlannedVariant {
  const described = Object.fromEntries(
    Object.entries(describeConfig(config)).filter(([key]) => !SET_BY_STUDY.includes(key)),
  );
  const folder = folderName(variant.name);
  // Some file systems don't tell A from a.
  const taken = before.some((other) => other.folder.toLowerCase() === folder.toLowerCase());
  if (taken) throw variantNameTaken(variant.name);
  const baseline = before.at(0);
  const last = before.at(-1);
  return {
    ...variant,
    folder,
    config,
    described,
    changes: baseline ? diffConfigs(baseline.described, described) : [],
    ...(ladder && last && { step: diffConfigs(last.described, described) }),
  };
}

/** With one update per rollout the ratio is 1: all clip rules have one and the same gradient. */
function refuseIdle(planned: PlannedVariant, before: readonly PlannedVariant[], ladder: boolean): void {
  const other = ladder ? before.at(-1) : before.at(0);
  const changes = planned.step ?? planned.changes;
  if (!other || updatesPerRollout(planned.config) > 1) return;
  const clipOnly = changes.every(({ path }) => path === 'loss.clip' || path.startsWith('loss.clip.'));
  if (!clipOnly) return;
  const reason = 'with one update per rollout the probability ratio is 1, and no clip rule acts.';
  throw variantCanNotAct(planned.name, other.name, reason);
}

/** Every variant with the baseline, and in a ladder with the step before, where that isn't the baseline. */
function comparisonsOf(variants: readonly PlannedVariant[], ladder: boolean): Comparison[] {
  const [baseline, ...others] = variants.map(({ name }) => name);
  const withBaseline = others.map((variant) => ({ variant, against: baseline!, kind: 'baseline' as const }));
  if (!ladder) return withBaseline;
  const withStep = others.slice(1).map((variant, i) => ({ variant, against: others[i]!, kind: 'step' as const }));
  return [...withBaseline, ...withStep];
}

/** @example folderName('+ clip-higher') → 'clip-higher' */
export function folderName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9.=-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return (safe === '' ? 'variant' : safe).slice(0, 80);
}
