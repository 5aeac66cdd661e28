/**
 * What the bench uses of jax-js, with trees of arrays by free names, which the package's own types do not know.
 */
declare module '@jax-js/jax' {
  /** Counts references: every use but the last takes `.ref`. */
  interface Tensor {
    readonly ref: Tensor;
    readonly shape: number[];
    add(other: Tensor | number): Tensor;
    sub(other: Tensor | number): Tensor;
    mul(other: Tensor | number): Tensor;
    div(other: Tensor | number): Tensor;
    reshape(shape: number[]): Tensor;
    data(): Promise<ArrayLike<number>>;
    dispose(): void;
  }
  type Tensors = Record<string, Tensor>;
  type Tree = Tensor | readonly Tree[] | { readonly [name: string]: Tree };

  export function init(...devices: string[]): Promise<string[]>;
  export function defaultDevice(device: string): string;
  export function getWebGPUDevice(): GPUDevice;
  export function blockUntilReady(tree: Tree): Promise<unknown>;
  export function jit<F>(work: F): F;
  /** Of a function of weights and two more, whose value comes with an auxiliary tree. */
  export function valueAndGrad(
    work: (weights: Tensors, x: Tensor, y: Tensor) => [Tensor, Tensors],
    options: { hasAux: true },
  ): (weights: Tensors, x: Tensor, y: Tensor) => [[Tensor, Tensors], Tensors];

  export const numpy: {
    array(values: Float32Array, options: { shape: number[] }): Tensor;
    zeros(shape: number[]): Tensor;
    mean(x: Tensor, axes: number[]): Tensor;
    sum(x: Tensor): Tensor;
    max(x: Tensor): Tensor;
    square(x: Tensor): Tensor;
    sqrt(x: Tensor): Tensor;
    dot(x: Tensor, y: Tensor): Tensor;
  };
  export const nn: {
    relu(x: Tensor): Tensor;
    logSoftmax(x: Tensor, axis: number): Tensor;
  };
  export const lax: {
    conv(x: Tensor, weight: Tensor, strides: number[], padding: [number, number][]): Tensor;
    reduceWindow(x: Tensor, reduce: (x: Tensor) => Tensor, window: number[], strides: number[]): Tensor;
  };
}
