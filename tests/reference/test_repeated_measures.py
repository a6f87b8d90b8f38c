from dialogram import correlate_within

# Intramural pH and PaCO2 (kPa) of eight patients: Bland & Altman 1995, British Medical Journal 310, 446, table 1.
PATIENTS = [
    [(6.68, 3.97), (6.53, 4.12), (6.43, 4.09), (6.33, 3.97)],
    [(6.85, 5.27), (7.06, 5.37), (7.13, 5.41), (7.17, 5.44)],
    [
        *[(7.4, 5.67), (7.42, 3.64), (7.41, 4.32), (7.37, 4.73), (7.34, 4.96)],
        *[(7.35, 5.04), (7.28, 5.22), (7.3, 4.82), (7.34, 5.07)],
    ],
    [(7.36, 5.67), (7.33, 5.1), (7.29, 5.53), (7.3, 4.75), (7.35, 5.51)],
    [(7.35, 4.28), (7.3, 4.44), (7.3, 4.32), (7.37, 3.23), (7.27, 4.46), (7.28, 4.72), (7.32, 4.75), (7.32, 4.99)],
    [(7.38, 4.78), (7.3, 4.73), (7.29, 5.12), (7.33, 4.93), (7.31, 5.03), (7.33, 4.93)],
    [(6.86, 6.85), (6.94, 6.44), (6.92, 6.52)],
    [(7.19, 5.28), (7.29, 4.56), (7.21, 4.34), (7.25, 4.32), (7.2, 4.41), (7.19, 3.69), (6.77, 6.09), (6.82, 5.58)],
]


def test_ph_and_carbon_dioxide_within_patients() -> None:
    """As pingouin's rm_corr has it: r(38) = -.50677, p = .000847, 95 % interval -.71 to -.23."""
    pairs = [(patient, *pair) for patient, of in enumerate(PATIENTS) for pair in of]
    within = correlate_within(*zip(*pairs, strict=True))
    assert (within.n, within.dyads, within.df) == (47, 8, 38)
    assert (round(within.r, 5), round(within.p, 6)) == (-0.50677, 0.000847)
    assert [round(end, 2) for end in within.ci95] == [-0.71, -0.23]
