/**
 * The experiment as a PyTorch script: the recipe, the layers of every network and the figures that were got, put into a
 * template that needs nothing of the studio. It repeats start weights, batches and merge draws bit for bit.
 */
import { buildNetwork } from '../model/buildNetwork.ts';
import template from './repeat.py?raw';
import type { Study } from './study.ts';

/** The line of the template that the setup replaces. */
const place = 'SETUP = json.loads("{}")';

/** Null where the experiment does not say what went into its network: it was made by a build that did not tell. */
export function repeatScript(study: Study): string | null {
  const { recipe, started } = study;
  const data = started?.data;
  if (data === undefined) return null;
  const setup = {
    recipe,
    bases: study.bases.map(({ base: { name, network, start }, title }) => ({
      name,
      title,
      layers: buildNetwork(network, data.input, data.classNames.length).layers,
      start,
    })),
    task: data.task,
    classNames: data.classNames,
    arms: study.arms.map(({ name, merging }) => ({ name, merging })),
    told: study.bases.flatMap(({ base, study: each }) =>
      each.runs.flatMap(({ arm, result, seed }) => {
        if (arm === null || result === null) return [];
        const { accuracy, auc } = result.test ?? result.val;
        return [{ base: base.name, seed, arm, accuracy, auc, epoch: result.selectedEpoch, merges: result.merges }];
      }),
    ),
  };
  if (!template.includes(place)) throw new Error('The PyTorch template has lost its place for the setup.');
  // A JSON text of a JSON text is a Python string: the escapes are the same.
  return template.replace(place, () => `SETUP = json.loads(${JSON.stringify(ascii(JSON.stringify(setup)))})`);
}

/** Beyond ASCII everything is escaped, so that no editor or encoding changes it. */
const ascii = (text: string): string =>
  text.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
