import type { Place } from '../errors/config-errors.js';
import type { DapoError } from '../errors/dapo-error.js';
import type { FoundPlugin } from '../plugin/manifest.js';
import type { ModuleLoader } from '../plugin/module-loader.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { isMap } from './layers.js';
import type { ResolvedNode } from './resolved-config.js';
import type { MergedValue, Said } from './stack.js';

/** A node that was resolved, with its plugin. */
export interface PlacedNode extends FoundPlugin {
  readonly node: ResolvedNode;
}

/** What is gathered while one config is resolved. */
export class Resolution {
  readonly problems: DapoError[] = [];
  readonly warnings: DapoError[] = [];
  /** Every node by its path, parts of plugins included. */
  readonly nodes = new Map<string, PlacedNode>();
  /** Where the value of each leaf of the config came from. */
  readonly provenance = new Map<string, string>();
  private readonly said = new Map<string, Said>();

  constructor(
    readonly registry: PluginRegistry,
    readonly loader: ModuleLoader,
    readonly folder: string,
  ) {}

  /** Remembers who said something, for places of errors and for provenance. */
  remember(path: string, who: Said): void {
    this.said.set(path, who);
  }

  rememberValue(path: string, { said }: MergedValue): void {
    for (const [below, who] of said) this.remember(below === '' ? path : `${path}.${below}`, who);
  }

  /** A path of the config, with the place in a file where it was said, or that of the nearest path above it. */
  place(path: string): Place {
    const who = this.whoSaid(path);
    if (!who) return { path };
    return { path, location: locate(who, path) };
  }

  /** Notes for each leaf of a value where it came from. */
  recordOrigins(path: string, value: unknown, otherwise: string): void {
    if (isMap(value) && Object.keys(value).length > 0) {
      for (const [key, inner] of Object.entries(value)) this.recordOrigins(`${path}.${key}`, inner, otherwise);
    } else if (value !== undefined) {
      this.provenance.set(path, this.said.get(path)?.layer.origin ?? otherwise);
    }
  }

  private whoSaid(path: string): Said | undefined {
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
      const who = this.said.get(at);
      if (who) return who;
    }
    return undefined;
  }
}

/** Where in its file a layer says something. */
export function locate({ layer }: Said, path: string): Place['location'] {
  return layer.locate ? layer.locate(path.split('.')) : { file: layer.origin };
}
