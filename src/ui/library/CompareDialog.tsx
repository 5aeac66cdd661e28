/** Two past experiments side by side: what differs between their recipes, and what each found. Nothing that they share. */
import { Fragment } from 'react';
import { pastTitle } from '../../store/libraryActions.ts';
import { differingSettings, foundBy } from '../../store/pastComparison.ts';
import type { Described } from '../../store/archive.ts';
import type { PairedDifference, Summary } from '../../report/statistics.ts';
import { armTitle } from '../../recipe/arms.ts';
import { auc, moment, percent, plural, points } from '../numbers.ts';
import { Modal } from '../parts/Modal.tsx';
import { Name } from '../parts/Name.tsx';

interface CompareDialogProps {
  readonly pair: readonly [Described, Described];
  readonly onClose: () => void;
}

export default function CompareDialog({ pair, onClose }: CompareDialogProps) {
  const [a, b] = pair;
  const settings = differingSettings(a.recipe, b.recipe);
  const found = [foundBy(a), foundBy(b)] as const;
  // Two experiments on one base each stand beside one another, whatever their networks are.
  const several = found.some((bases) => bases.length > 1);
  const titles = several ? [...new Set(found.flatMap((bases) => bases.map(({ title }) => title)))] : [''];
  const row = (name: string, texts: readonly string[], key = name) => (
    <tr key={key}>
      <th scope="row">{name}</th>
      {texts.map((text, k) => (
        <td key={k} className="num">
          {text}
        </td>
      ))}
    </tr>
  );
  return (
    <Modal title="Two experiments side by side" wide onClose={onClose}>
      <div className="modal-body past-comparison" data-testid="past-comparison">
        <table className="table">
          <thead>
            <tr>
              <td>&nbsp;</td>
              {pair.map(({ saved }) => (
                <th key={saved.id} scope="col" className="num">
                  <Name text={pastTitle(saved)} longest={28} />
                  <br />
                  <span className="q">
                    {moment(saved.startedAt)}, {plural(saved.seeds, 'seed')}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr className="group">
              <th scope="rowgroup" colSpan={3}>
                {settings.length === 0 ? 'The recipes are the same' : 'What differs in the recipes'}
              </th>
            </tr>
            {settings.map(({ path, label, values }) => row(label, values, path))}
            <tr className="group">
              <th scope="rowgroup" colSpan={3}>
                Test results
              </th>
            </tr>
            {titles.map((title) => {
              const on = found.map((bases) => bases.find((base) => !several || base.title === title));
              const arms = [...new Set(on.flatMap((base) => base?.arms.map(({ arm }) => arm) ?? []))];
              const named = (text: string) => (several ? `${title}: ${text}` : text);
              return (
                <Fragment key={title}>
                  {arms.flatMap((arm) => {
                    const ofArm = on.map((base) => base?.arms.find((one) => one.arm === arm));
                    return [
                      row(
                        named(`${armTitle(arm)}, ACC`),
                        ofArm.map((one) => accuracyText(one?.accuracy ?? null)),
                      ),
                      row(
                        named(`${armTitle(arm)}, AUC`),
                        ofArm.map((one) => auc(one?.auc?.mean ?? null)),
                      ),
                    ];
                  })}
                  {row(
                    named('InMerge − Baseline'),
                    on.map((base) => differenceText(base?.difference ?? null)),
                  )}
                  {on.some((base) => (base?.robustness ?? null) !== null) &&
                    row(
                      named('The same of the error under corruption'),
                      on.map((base) => differenceText(base?.robustness ?? null)),
                    )}
                </Fragment>
              );
            })}
          </tbody>
        </table>
        <p className="q sm">
          Seeds of two experiments are not pairs: a difference between the columns has no interval here. Run both as arms of one
          experiment to get one.
        </p>
      </div>
    </Modal>
  );
}

const accuracyText = (summary: Summary | null): string =>
  summary === null ? '–' : `${percent(summary.mean, 2)}${summary.std === null ? '' : ` ± ${(summary.std * 100).toFixed(2)}`}`;

function differenceText(difference: PairedDifference | null): string {
  if (difference === null) return '–';
  const { interval, mean } = difference;
  return `${points(mean, 2)} pp${interval === null ? '' : ` [${points(interval[0], 2)}, ${points(interval[1], 2)}]`}`;
}
