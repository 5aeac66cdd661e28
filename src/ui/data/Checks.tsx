/** Every check of the intake: passed, to know, or to review with the size and direction of its effect. */
import type { Check } from '../../data/dataset.ts';
import { valueAt } from '../../store/recipeForm.ts';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { useActions, useStudio } from '../studioContext.ts';

const icons: Readonly<Record<Check['level'], IconName>> = { passed: 'ok', note: 'note', review: 'warn' };
const words: Readonly<Record<Check['level'], string>> = { passed: 'Passed', note: 'Note', review: 'To review' };
const order: readonly Check['level'][] = ['review', 'note', 'passed'];

export function Checks({ checks }: { checks: readonly Check[] }) {
  const sorted = order.flatMap((level) => checks.filter((check) => check.level === level));
  return (
    <ul className="checks" data-testid="checks">
      {sorted.map((check, k) => (
        <li key={k} className={`check check-${check.level}`} data-level={check.level}>
          <Icon name={icons[check.level]} />
          <p>
            <span className="vh">{words[check.level]}: </span>
            <span className={check.level === 'review' ? 'b' : undefined}>{check.text}</span>
            {check.effect !== undefined && <span className="check-effect">{check.effect}</span>}
            {check.remedy !== undefined && <Remedy path={check.remedy} />}
          </p>
        </li>
      ))}
    </ul>
  );
}

/** The recipe's own switch, where the finding is read. It is of the next experiment, and a press takes it back. */
function Remedy({ path }: { path: NonNullable<Check['remedy']> }) {
  const taken = useStudio((state) => valueAt(state.recipe, path) === true);
  const { choose } = useActions();
  return (
    <span className="check-effect">
      {taken && 'Their copies are left out of training. '}
      <button type="button" className="link" onClick={() => choose(path, !taken)}>
        {taken ? 'Train on them' : 'Leave them out of training'}
      </button>
    </span>
  );
}
