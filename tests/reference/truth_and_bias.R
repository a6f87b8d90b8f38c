# Truth-and-Bias with dyads within therapists and a moderator: lme4 and lmerTest for bins that stand for themselves,
# nlme for residuals that follow one another in time. Called by truth_and_bias_r.py with a table and a place for answers.
suppressPackageStartupMessages({
  library(lmerTest)
  library(nlme)
  library(jsonlite)
})
places <- commandArgs(trailingOnly = TRUE)
bins <- read.csv(places[1])

covariances <- function(matrix) {
  list(var_bias = matrix[1, 1], var_tracking = matrix[2, 2], cov = matrix[1, 2])
}

iid <- function(formula) {
  fit <- lmer(formula, bins, REML = TRUE, control = lmerControl(
    optimizer = "nloptwrap", optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-12, maxeval = 1e5)
  ))
  spreads <- VarCorr(fit)
  found <- coef(summary(fit, ddf = "Satterthwaite"))
  list(
    coefficients = apply(found, 1, function(row) list(b = row[["Estimate"]], se = row[["Std. Error"]], df = row[["df"]])),
    random = lapply(spreads, covariances),
    residual = attr(spreads, "sc")^2,
    loglik = as.numeric(logLik(fit))
  )
}

ar1 <- function(random, stretches) {
  fit <- lme(y ~ x * m, bins,
    random = random, correlation = corCAR1(form = stretches), method = "REML",
    control = lmeControl(opt = "optim", maxIter = 500, msMaxIter = 2000, reltol = 1e-14, tolerance = 1e-10)
  )
  list(
    coefficients = lapply(as.list(fixef(fit)), function(b) list(b = b)),
    residual = fit$sigma^2,
    rho = as.numeric(coef(fit$modelStruct$corStruct, unconstrained = FALSE)),
    random = lapply(fit$modelStruct$reStruct, function(each) covariances(as.matrix(each) * fit$sigma^2)),
    loglik = as.numeric(logLik(fit))
  )
}

answers <- list(
  versions = sapply(c("lme4", "lmerTest", "nlme"), function(name) as.character(packageVersion(name)), simplify = FALSE),
  iid = iid(y ~ x * m + (1 + x | therapist) + (1 + x | dyad)),
  iid_dyads_alone = iid(y ~ x * m + (1 + x | dyad)),
  ar1 = ar1(list(therapist = ~x, dyad = ~x), ~ t | therapist / dyad),
  ar1_dyads_alone = ar1(list(dyad = ~x), ~ t | dyad)
)
write_json(answers, places[2], auto_unbox = TRUE, digits = NA, pretty = TRUE)
