/**
 * What the arms of a seed can stand on: a network with its start weights, a base. A recipe has its own, and those of its
 * sweep beside it; each seed trains one backbone on each, and every arm from every backbone.
 */
import type { NetworkSettings, Recipe } from './recipe.ts';

export type StartSettings = Recipe['start'];

export interface Base {
  /** Null for the recipe's own; else fit for file names, and the same whatever else is swept. */
  readonly name: string | null;
  readonly network: NetworkSettings;
  readonly start: StartSettings;
}

type OfBases = Pick<Recipe, 'network' | 'start' | 'sweep'>;

/**
 * The recipe's own base, then the others of its sweep: a network with start weights of its own as it is, since a file fits one
 * network; any other with every start weights that the recipe names.
 */
export function basesOf({ network: ownNetwork, start: ownStart, sweep }: OfBases): Base[] {
  const own = { network: ownNetwork, start: ownStart };
  const bases: Base[] = [{ name: null, ...own }];
  const known = new Set<string | null>([null]);
  const starts = [ownStart, ...(sweep.start ?? [])];
  for (const { start: only, ...network } of sweptNetworks({ network: ownNetwork, sweep })) {
    for (const start of only === undefined ? starts : [only]) {
      const name = nameOf(own, { network, start });
      if (!known.has(name)) bases.push({ name, network, start });
      known.add(name);
    }
  }
  return bases;
}

/** Its networks, each once, its own first. */
export const networksOf = (recipe: OfBases): NetworkSettings[] => [
  ...new Map(basesOf(recipe).map(({ network }) => [networkName(network), network])).values(),
];

/** The base of that name (null or undefined: the recipe's own); undefined where the recipe has none of that name. */
export const baseOf = (recipe: Recipe, name: string | null | undefined): Base | undefined =>
  basesOf(recipe).find((base) => base.name === (name ?? null));

/** Digests of the files that its bases start from, each once; those that are not named yet are not among them. */
export const startFilesOf = (recipe: OfBases): string[] => [
  ...new Set(basesOf(recipe).flatMap(({ start }) => (start.from === 'file' ? (start.sha256 ?? []) : []))),
];

/** The recipe as it would be if this base were its own and the only one. */
export function onBase(recipe: Recipe, { network, start }: Pick<Base, 'network' | 'start'>): Recipe {
  const { network: _networks, start: _starts, ...sweep } = recipe.sweep;
  return { ...recipe, network, start, sweep };
}

const sweptNetworks = ({ network, sweep }: Pick<Recipe, 'network' | 'sweep'>): NonNullable<Recipe['sweep']['network']> => [
  network,
  ...(sweep.network ?? []),
];

/** Whether two different files of start weights would bear the same name. */
export function startsMixUp({ start, sweep }: OfBases): boolean {
  const starts = [start, ...(sweep.start ?? []), ...(sweep.network ?? []).flatMap((network) => network.start ?? [])];
  const files = starts.flatMap((each) => (each.from === 'file' ? [each] : []));
  const hashes = new Map<string, string | null>();
  return files.some((file) => {
    const name = startName(file);
    if (hashes.has(name)) return hashes.get(name) !== file.sha256;
    hashes.set(name, file.sha256);
    return false;
  });
}

/** E.g. `vgg11-bn`, `resnet18`, `vgg19-bn-w0.5-fc`: networks of the same name are the same network. */
export function networkName({ name, batchNorm, widthMultiplier, head }: NetworkSettings): string {
  const width = widthMultiplier === 1 ? '' : `-w${widthMultiplier}`;
  // A ResNet has its own normalisation and head, whatever these two say.
  if (name.startsWith('resnet')) return `${name}${width}`;
  return `${name}${batchNorm ? '-bn' : ''}${width}${head === 'vgg' ? '-fc' : ''}`;
}

/** `drawn-he` for weights that are drawn, `from-imagenet` for a file of that name: letters, digits, dots and dashes. */
export function startName(start: StartSettings): string {
  if (start.from === 'random') return `drawn-${start.distribution}`;
  const stem = start.name.toLowerCase().replace(/\.safetensors$/, '');
  const plain = stem.replaceAll(/[^a-z0-9.]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '');
  return `from-${plain.slice(0, 40) || 'file'}`;
}

/** E.g. `VGG-11-BN`, `ResNet-18 × 0.5`, `VGG-19, torchvision head`. */
export function networkTitle({ name, batchNorm, widthMultiplier, head }: NetworkSettings): string {
  const resnet = name.startsWith('resnet');
  const plain = name.replace(/^vgg/, 'VGG-').replace(/^resnet/, 'ResNet-');
  const width = widthMultiplier === 1 ? '' : ` × ${widthMultiplier}`;
  return `${plain}${batchNorm && !resnet ? '-BN' : ''}${width}${head === 'vgg' && !resnet ? ', torchvision head' : ''}`;
}

/** The file's name, or how the weights are drawn. */
export const startTitle = (start: StartSettings): string =>
  start.from === 'file' ? start.name : start.distribution === 'he' ? 'random (He)' : 'random';

/**
 * What a base is called beside the others of its recipe: by its network, its start weights or both, whichever differ. Empty
 * where the recipe has no other.
 */
export function baseTitle(recipe: OfBases, { network, start }: Pick<Base, 'network' | 'start'>): string {
  const bases = basesOf(recipe);
  const several = (nameOfPart: (base: Base) => string) => new Set(bases.map(nameOfPart)).size > 1;
  return [
    ...(several((base) => networkName(base.network)) ? [networkTitle(network)] : []),
    ...(several((base) => startName(base.start)) ? [startTitle(start)] : []),
  ].join(', ');
}

/** E.g. `vgg11-bn_from-imagenet`; null where nothing differs from the recipe's own. */
function nameOf(own: Pick<Base, 'network' | 'start'>, base: Pick<Base, 'network' | 'start'>): string | null {
  const network = networkName(base.network);
  const start = startName(base.start);
  const parts = [...(network === networkName(own.network) ? [] : [network]), ...(start === startName(own.start) ? [] : [start])];
  return parts.length === 0 ? null : parts.join('_');
}
