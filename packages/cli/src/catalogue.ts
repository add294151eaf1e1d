import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { catalogueMissing } from './command-error.js';

/** An option as JSON Schema has it. */
export interface OptionSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly OptionSchema[];
  readonly oneOf?: readonly OptionSchema[];
  readonly items?: OptionSchema;
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly additionalProperties?: boolean | OptionSchema;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

export interface CataloguedMetric {
  /** In full: `loss/clip-fraction`; KEY stands for the author's own key. */
  readonly name: string;
  readonly over: string;
  readonly reduce: string;
  readonly unit: string;
  readonly meaning: string;
  readonly healthy?: string;
  readonly worrying?: string;
  readonly advice?: string;
}

/** What a plugin says of itself. */
export interface CataloguedPlugin {
  readonly kind: string;
  readonly name: string;
  readonly summary?: string;
  readonly source?: {
    readonly title?: string;
    readonly arxiv?: string;
    readonly equation?: string;
    readonly url?: string;
  };
  readonly departures?: string;
  readonly alsoKnownAs?: readonly string[];
  readonly role?: string;
  readonly slots?: Readonly<Record<string, { readonly kind: string; readonly default?: string }>>;
  readonly needs?: readonly string[];
  readonly provides?: readonly string[];
  /** What a config writes to have it, where that isn't its name: it is none of those that ship with the engine. */
  readonly use?: string;
  /** As the command named the file or the package that it is in. */
  readonly from?: string;
  readonly options: OptionSchema;
  readonly metrics: readonly CataloguedMetric[];
}

/** What an error means and what to do about it. */
export interface CataloguedError {
  readonly code: string;
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  readonly next: string;
}

/** Written by scripts/build-catalogue.mjs. */
export interface Catalogue {
  readonly package: string;
  readonly version: string;
  /** Kind → what it does, in the order of the data's way. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly plugins: readonly CataloguedPlugin[];
  readonly presets: readonly { readonly name: string; readonly config: unknown }[];
  /** What the engine itself measures. */
  readonly metrics: readonly CataloguedMetric[];
  /** Of the engine and of its plugins; those of the command line are its own. */
  readonly errors: readonly CataloguedError[];
}

export function readCatalogue(): Catalogue {
  const file = fileURLToPath(import.meta.resolve('@dapo/plugins/catalogue.json'));
  if (!existsSync(file)) throw catalogueMissing();
  return JSON.parse(readFileSync(file, 'utf8')) as Catalogue;
}
