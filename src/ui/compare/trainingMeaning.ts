/** What training accuracy is, and what it is not, for those who point at it. */
export const trainingMeaning =
  'Training accuracy is counted in passing, during each epoch: on images as augmented, while the weights change. Far above validation, it means over-fitting.';
