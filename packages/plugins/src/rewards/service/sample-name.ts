import type { Message, RewardItem } from '@dapo/core';

/** How errors name a sample: where its prompt stands, else the prompt's id. */
export function sampleName({ prompt }: Pick<RewardItem, 'prompt'>): string {
  return prompt.origin ?? `the prompt «${prompt.id}»`;
}

/** A prompt as one text; a chat with the role before each message. */
export function promptText(input: string | readonly Message[]): string {
  return typeof input === 'string' ? input : input.map(({ role, content }) => `${role}: ${content}`).join('\n\n');
}
