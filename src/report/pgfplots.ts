/** A figure as a pgfplots picture, its numbers in full: `\input` it, or compile the file with pgfplots as it is. */
import { backboneLook, trainingName, type Figure, type FigureSeries, type Look } from './figure.ts';
import { latex } from './latex.ts';

const marks: Readonly<Record<Look['mark'], string>> = {
  circle: 'mark=*',
  square: 'mark=square*',
  triangle: 'mark=triangle*',
  diamond: 'mark=diamond*',
  none: 'no marks',
};

export function figurePgfplots(figure: Figure): string {
  const { title, caption, xLabel, yLabel, yLog, series, levels, scale, parting } = figure;
  const looks = [...series.map(({ look }) => look), ...levels.map(({ look }) => look)];
  if (series.some(({ training }) => training)) looks.push(backboneLook);
  const colours = [...new Set(looks.map(({ colour }) => colour))];
  const axis = yLog ? 'semilogyaxis' : 'axis';
  return [
    `% ${comment(title)}. ${comment(caption)}\n`,
    '% needs \\usepackage{pgfplots} \\pgfplotsset{compat=1.16} \\usepgfplotslibrary{fillbetween}\n',
    '\\begin{tikzpicture}\n',
    colours.map((colour) => `  \\definecolor{c${colour}}{HTML}{${colour}}\n`).join(''),
    `  \\begin{${axis}}[title={${latex(title)}}, xlabel={${latex(xLabel)}}, ylabel={${latex(yLabel)}}, width=0.95\\linewidth, height=7.5cm,\n`,
    '    ymajorgrids, grid style={gray!25}, legend cell align=left,\n    legend style={at={(0.5,-0.2)}, anchor=north, draw=none}, legend columns=3]\n',
    series.map((each, at) => plot(each, at, figure)).join(''),
    series.some(({ training }) => training)
      ? `    \\addlegendimage{c${backboneLook.colour}, densely dotted}\n    \\addlegendentry{${latex(trainingName)}}\n`
      : '',
    levels
      .map(({ y, name, look }) => {
        const xs = series.flatMap((each) => each.points.map((point) => point.x));
        const [from, to] = [Math.min(...xs), Math.max(...xs)];
        return `    \\addplot[c${look.colour}, dashed, thick] coordinates {(${from},${y * scale}) (${to},${y * scale})};\n    \\addlegendentry{${latex(name)}}\n`;
      })
      .join(''),
    parting === null
      ? ''
      : `    \\draw[gray] ({axis cs:${parting.x},0}|-{rel axis cs:0,0}) -- ({axis cs:${parting.x},0}|-{rel axis cs:0,1}) node[pos=0.97, right, font=\\scriptsize] {${latex(parting.name)}};\n`,
    `  \\end{${axis}}\n\\end{tikzpicture}\n`,
  ].join('');
}

/** A comment ends with its line. */
const comment = (value: string): string => value.replaceAll(/\p{Cc}/gu, ' ');

function plot(
  { name, look, points, spread, faint, training = false }: FigureSeries,
  at: number,
  { scale, marks: marked }: Figure,
): string {
  const drawn = points.filter((point) => Number.isFinite(point.mean));
  if (drawn.length === 0) return '';
  const style = [
    `c${look.colour}`,
    faint ? 'thin, opacity=0.45' : training ? 'densely dotted' : 'thick',
    look.dash.length === 0 || training ? '' : 'dashed',
    marked && !faint && !training ? marks[look.mark] : 'no marks',
  ].filter((part) => part !== '');
  const area = spread === 'area' && drawn.some((point) => point.low !== point.high);
  const edge = (which: 'low' | 'high') =>
    `    \\addplot[draw=none, no marks, forget plot, name path=${which}${at}] coordinates {${drawn.map((point) => `(${point.x},${point[which] * scale})`).join(' ')}};\n`;
  const bars = spread === 'bars' ? ', error bars/.cd, y dir=both, y explicit' : '';
  const rows = drawn.map(({ x, mean, low, high }) =>
    spread === 'bars'
      ? `(${x},${mean * scale}) += (0,${(high - mean) * scale}) -= (0,${(mean - low) * scale})`
      : `(${x},${mean * scale})`,
  );
  return [
    area
      ? `${edge('low')}${edge('high')}    \\addplot[c${look.colour}, opacity=0.16, forget plot] fill between[of=low${at} and high${at}];\n`
      : '',
    `    \\addplot[${style.join(', ')}${faint || training ? ', forget plot' : ''}${bars}] coordinates {${rows.join(' ')}};\n`,
    faint || training ? '' : `    \\addlegendentry{${latex(name)}}\n`,
  ].join('');
}
