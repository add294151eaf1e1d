import { configureGlobal } from 'fast-check';

/**
 * One seed for every property test, so that a commit that was green stays green. PROPERTY_SEED takes another,
 * to look for what this one does not find: `PROPERTY_SEED=$RANDOM npm run test:fast`.
 */
configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });
