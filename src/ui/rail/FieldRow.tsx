/** One setting: its control by kind, its meaning and bounds, whether it was changed, and what to correct. */
import { tauNumber } from '../../recipe/arms.ts';
import { readTyped, sameValue, typedText, valueAt, type FormItem } from '../../store/recipeForm.ts';
import { Icon } from '../parts/Icon.tsx';
import { Symbols } from '../parts/Symbols.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { ChoiceInput } from './ChoiceInput.tsx';
import { LayerPicker } from './LayerPicker.tsx';
import { ListInput } from './ListInput.tsx';
import { NumberInput } from './NumberInput.tsx';

/** What a control is told and tells. */
export interface InputProps {
  readonly item: FormItem;
  readonly id: string;
  readonly text: string;
  readonly problem: string | null;
  readonly describedBy: string;
}

export function FieldRow({ item }: { item: FormItem }) {
  const { path, field, qualifier } = item;
  const value = useStudio((state) => valueAt(state.recipe, path));
  const usual = useStudio((state) => valueAt(state.base, path));
  const draft = useStudio((state) => state.drafts[path]);
  const { choose, reset } = useActions();
  const typed = draft === undefined ? null : readTyped(item, draft);
  const problem = typed === null || typed.ok ? null : typed.message;
  const changed = usual !== undefined && (problem !== null || !sameValue(value, usual));
  const id = `field-${path}`;
  const shared: InputProps = { item, id, text: draft ?? typedText(value), problem, describedBy: `${id}-help` };
  const inline =
    (field.kind === 'number' || field.kind === 'integer') && item.slider === undefined && path !== 'merging.firstLayer';
  const symbol = 'symbol' in field ? field.symbol : undefined;
  return (
    <div className={inline ? 'field field-inline' : 'field'}>
      <div className="field-name">
        {field.kind === 'switch' ? (
          <label className="switch">
            <input
              type="checkbox"
              id={id}
              checked={value === true}
              aria-describedby={`${id}-help`}
              onChange={(event) => choose(path, event.target.checked)}
            />
            {field.label}
          </label>
        ) : (
          <label htmlFor={id}>
            {symbol !== undefined && (
              <b className="symbol">
                <Symbols text={symbol} />
              </b>
            )}{' '}
            {field.label}
            {qualifier !== undefined && <span className="q">, {qualifier}</span>}
          </label>
        )}
        {changed && (
          <button
            type="button"
            className="reset"
            title={`Back to ${usualText(item, usual)}`}
            aria-label={`Reset ${field.label} to ${usualText(item, usual)}`}
            onClick={() => reset(path)}
          >
            <Icon name="undo" />
          </button>
        )}
      </div>
      {path === 'merging.firstLayer' ? (
        <LayerPicker {...shared} />
      ) : field.kind === 'choice' ? (
        <ChoiceInput {...shared} />
      ) : field.kind === 'list' ? (
        <ListInput {...shared} />
      ) : field.kind === 'switch' ? null : (
        <NumberInput {...shared} />
      )}
      {path.startsWith('merging.tau') && <TauKind quantile={path.endsWith('quantile')} />}
      {problem !== null && (
        <p className="field-problem" role="alert" id={`${id}-problem`}>
          {problem}
        </p>
      )}
      <p className="help" id={`${id}-help`}>
        {item.brief !== true && <Symbols text={field.help} />} {bounds(item)}
        {usual !== undefined && field.kind !== 'switch' && <span className="usual"> Preset: {usualText(item, usual)}.</span>}
      </p>
    </div>
  );
}

/** τ is one number for all layers, or each layer's own. */
function TauKind({ quantile }: { quantile: boolean }) {
  const usual = useStudio((state) => state.base.merging.tau);
  const { choose } = useActions();
  const number = tauNumber(usual) ?? 0.3;
  return (
    <button type="button" className="link tau-kind" onClick={() => choose('merging.tau', quantile ? number : { quantile: 0.95 })}>
      {quantile ? 'Use one τ for all layers' : 'Use a quantile of each layer’s similarities'}
    </button>
  );
}

function bounds({ field }: FormItem): string {
  if (field.kind !== 'number' && field.kind !== 'integer') return '';
  const plain = (bound: number) => bound.toLocaleString('en', { maximumFractionDigits: 6 }).replace('-', '−');
  return `${plain(field.min)} to ${plain(field.max)}${field.unit === undefined ? '' : ` ${field.unit}`}.`;
}

function usualText({ field }: FormItem, usual: ReturnType<typeof valueAt>): string {
  if (usual === null || usual === '') return 'empty';
  if (typeof usual === 'boolean') return usual ? 'on' : 'off';
  if (field.kind === 'choice') return field.options.find((option) => option.value === usual)?.label ?? typedText(usual);
  return typedText(usual) || 'none';
}
