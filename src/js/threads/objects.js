// The objects of this entry are made and let go as those of the package.
export * from "../objects.js";
