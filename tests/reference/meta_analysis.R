# Intervals of a further study by metafor, and errors by clusters of studies and of cases by clubSandwich (CR2). Called by
# meta_analysis_r.py with a table and a place for answers.
suppressPackageStartupMessages({
  library(metafor)
  library(clubSandwich)
  library(jsonlite)
})
places <- commandArgs(trailingOnly = TRUE)
cases <- read.csv(places[1])
exactly <- list(threshold = 1e-14, maxiter = 10000)

mean_of <- function(k) {
  fit <- rma(y, v, data = cases[1:k, ], method = "REML", test = "knha", control = exactly)
  further <- predict(fit)
  list(k = k, z = fit$b[1], se = fit$se, tau2 = fit$tau2, prediction95 = c(further$pi.lb, further$pi.ub))
}

by_cluster <- function(fit, vcov) {
  found <- coef_test(fit, vcov = vcov, cluster = cases$client, test = "Satterthwaite")
  data.frame(b = found$beta, se = found$SE, df = found$df)
}

pooled <- rma(y, v, data = cases, method = "REML", control = exactly)
regressed <- rma(y, v, mods = ~ one + two, data = cases, method = "REML", control = exactly)
plain <- lm(two ~ one + y + I(one^2) + I(one * y) + I(y^2), cases)
surface <- by_cluster(plain, "CR2")
slopes <- rbind(a1 = c(0, 1, 1, 0, 0, 0), a2 = c(0, 0, 0, 1, 1, 1), a3 = c(0, 1, -1, 0, 0, 0), a4 = c(0, 0, 0, 1, -1, 1))
along <- linear_contrast(plain, vcov = "CR2", cluster = cases$client, contrasts = slopes)
answers <- list(
  versions = sapply(c("metafor", "clubSandwich"), function(name) as.character(packageVersion(name)), simplify = FALSE),
  prediction = lapply(c(3, 6, 18), mean_of),
  pooled = by_cluster(pooled, "CR2"),
  regressed = by_cluster(regressed, "CR2"),
  surface = surface,
  along = data.frame(name = rownames(slopes), b = along$Est, se = along$SE, df = along$df)
)
write_json(answers, places[2], auto_unbox = TRUE, digits = NA, pretty = TRUE)
