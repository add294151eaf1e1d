import type { Filter, Group, Judgement, Verdict } from '../contracts/index.js';
import { wrongCount } from '../errors/training-errors.js';
import { countOf } from './check-values.js';
import { callPlugin } from './call-plugin.js';
import type { Placed } from './parts.js';

/** Called for everything that is put out, so that no group or response disappears silently. */
export type OnFiltered = (place: string, level: 'group' | 'response', verdict: Verdict, reason: string) => void;

/** A response that no reward could score is in neither statistics nor loss. */
export function dropUnscored(groups: readonly Group[], onFiltered: OnFiltered): void {
  for (const group of groups) {
    group.responses = group.responses.filter((response) => {
      if (response.score !== null) return true;
      onFiltered('rewards', 'response', 'drop', 'unscored');
      return false;
    });
    dropEmpty(group, onFiltered);
  }
}

/** Runs response and group filters in the order of the config; each sees what the ones before left. */
export async function filterGroups(
  groups: readonly Group[],
  filters: readonly Placed<Filter>[],
  step: number,
  onFiltered: OnFiltered,
): Promise<void> {
  for (const filter of filters) {
    const kept = groups.filter((group) => group.verdict === 'keep');
    if (filter.instance.level === 'response') {
      for (const group of kept) await filterResponses(group, filter, step, onFiltered);
    } else if (filter.instance.level === 'group' && kept.length > 0) {
      await filterWholeGroups(kept, filter, step, onFiltered);
    }
  }
}

async function filterWholeGroups(
  groups: readonly Group[],
  filter: Placed<Filter>,
  step: number,
  onFiltered: OnFiltered,
): Promise<void> {
  const { instance } = filter;
  if (instance.level !== 'group') return;
  const judgements = await judged(filter, step, groups.length, () => instance.judge(groups));
  judgements.forEach(({ verdict, reason }, i) => {
    if (verdict !== 'drop') return;
    const group = groups[i]!;
    group.verdict = 'drop';
    group.reason = reason ?? filter.key;
    onFiltered(filter.path, 'group', 'drop', group.reason);
  });
}

async function filterResponses(
  group: Group,
  filter: Placed<Filter>,
  step: number,
  onFiltered: OnFiltered,
): Promise<void> {
  const { instance } = filter;
  if (instance.level !== 'response') return;
  const judgements = await judged(filter, step, group.responses.length, () => instance.judge(group));
  judgements.forEach(({ verdict, reason }, i) => {
    if (verdict === 'keep') return;
    const response = group.responses[i]!;
    response.verdict = verdict;
    response.reason = reason ?? filter.key;
    onFiltered(filter.path, 'response', verdict, response.reason);
  });
  group.responses = group.responses.filter((response) => response.verdict !== 'drop');
  dropEmpty(group, onFiltered);
}

function dropEmpty(group: Group, onFiltered: OnFiltered): void {
  if (group.responses.length > 0 || group.verdict === 'drop') return;
  group.verdict = 'drop';
  group.reason = 'no response left';
  onFiltered('rollout', 'group', 'drop', group.reason);
}

async function judged<J extends Judgement>(
  filter: Placed<Filter>,
  step: number,
  count: number,
  judge: () => Promise<readonly J[]>,
): Promise<readonly J[]> {
  const judgements = await callPlugin(filter, step, judge);
  const given = countOf(judgements);
  if (given !== count) throw wrongCount(filter.label, 'judgements', count, given, filter.path);
  return judgements;
}
